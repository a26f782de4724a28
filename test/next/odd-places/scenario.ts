export * from "../../conformance/shop.ts";
