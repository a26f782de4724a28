/** What a shopper writes into the checkout form of either storefront. */
export const CHECKOUT = {
  email: "sam.shopper@example.com",
  name: "Sam Shopper",
  street: "12 Canyon Road",
  city: "Moab",
  state: "UT",
  postcode: "84532",
  country: "US",
  card: "4242 4242 4242 4242",
  expiry: "04/31",
  cvc: "123",
};
