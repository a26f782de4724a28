// Express 4, installed under another name beside the current one; what the tests use of it is typed alike.
declare module "express-4" {
  import express from "express";
  export default express;
}
