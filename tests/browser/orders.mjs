// An order file as a vendor's back office would send it.

/** One order: a subscription that is new, activated on `activatedOn`, for twelve months. */
export function orderFile({ program, distributor, reseller, customer, activatedOn }) {
  const order = {
    external_number: "SO-BROWSER-1",
    program,
    distributor,
    delivery: customer,
    reseller,
    customer,
    customer_country: "BE",
    ...PRODUCTS[program],
    quantity: 25,
    months: 12,
    kind: "new",
    released_at: `${activatedOn}T08:00:00Z`,
    processed_at: `${activatedOn}T09:00:00Z`,
    activated_on: activatedOn,
    serial_number: "",
    unit_price: "49.00",
  };
  const row = (cells) => cells.map((cell) => `"${`${cell}`.replaceAll('"', '""')}"`).join(",");
  return {
    name: "orders.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`${Object.keys(order).join(",")}\n${row(Object.values(order))}\n`),
  };
}

/** A product of each program's pack that is sold by the year. */
const PRODUCTS = {
  sophos: { product: "EPUSRZ", sku: "EPUSRZ12ZZNCAA" },
};
