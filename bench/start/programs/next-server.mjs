import "next/server.js";
