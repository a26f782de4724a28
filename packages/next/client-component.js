// What a bundle for browsers gets in place of this package. Next fails such a build and names the component.
import "server-only";
