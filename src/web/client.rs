//! Who stands behind a request: the client's address, as far as our own proxies vouch for it.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;

use super::Site;

/// The client's address. With no trusted proxy that is the connection's; with n of them it is the
/// n-th entry of `X-Forwarded-For` from the right, which the outermost of ours has written.
/// Whatever a client puts into that header stands further left and is not believed.
pub fn client_address(request: &HttpRequest, site: &Site) -> String {
    if site.trusted_proxies == 0 {
        return peer(request);
    }
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    forwarded
        .len()
        .checked_sub(site.trusted_proxies)
        .and_then(|place| forwarded.get(place))
        .and_then(|text| address_in(text))
        .map_or_else(|| peer(request), |address| address.to_string())
}

/// Some proxies write the port as well.
fn address_in(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[expect(clippy::disallowed_methods, reason = "the one place that knows which proxies to believe")]
fn peer(request: &HttpRequest) -> String {
    request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default()
}
