/** This package's version, as it names itself to AvantLink. A test holds it equal to the manifest. */
export const VERSION = "0.1.0";
