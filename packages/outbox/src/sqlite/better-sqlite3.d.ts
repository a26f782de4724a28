// The part that is used of a package that not every shop installs.
declare module "better-sqlite3" {
  const BetterSqlite3: new (path: string) => import("./driver.ts").Database;
  export default BetterSqlite3;
}
