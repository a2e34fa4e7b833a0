//! Where a caller keeps the refresh token: programs where they like, browsers in a cookie that
//! no script can read.
//!
//! The cookie counts only beside the header that asks for it. A page of another origin can't
//! send that header (we answer no CORS preflight), nor is the cookie sent for one (SameSite).

use poem::http::header::{self, HeaderValue};
use poem::{FromRequest, Request, RequestBody};

use crate::actor::challenge;
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// The header that asks for the cookie.
pub const REFRESH_TOKEN: &str = "Medilink-Refresh-Token";

/// How long a browser keeps the cookie at most, in seconds. The server ends sessions by itself,
/// and sooner; this is the longest that one may be allowed to last.
const LONGEST: u32 = 400 * 24 * 3_600;

/// How the cookie is called, by whether callers reach us over HTTPS. `__Host-` makes browsers
/// refuse one that a neighbouring site has set; it needs HTTPS.
const fn name(https: bool) -> &'static str {
    if https {
        "__Host-medilink-refresh"
    } else {
        "medilink-refresh"
    }
}

/// Whether callers reach us over HTTPS; in the data of every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Https(pub bool);

/// Where the caller keeps the refresh token.
#[derive(Clone, Debug)]
pub enum Keeping {
    /// Where they like: they get it in the body, and send it in the body.
    Body,
    /// In a cookie.
    Cookie {
        /// The token that the cookie holds.
        held: Option<String>,
        /// Whether callers reach us over HTTPS.
        https: bool,
    },
}

impl Keeping {
    /// The token of a refresh: what the body says, or else what the cookie holds.
    ///
    /// # Errors
    /// Without either: 401 for who keeps it in a cookie, 422 for others.
    pub(crate) fn token(&self, body: Option<String>) -> Result<String, Problem> {
        match (self, body) {
            (_, Some(token)) => Ok(token),
            (
                Self::Cookie {
                    held: Some(token), ..
                },
                None,
            ) => Ok(token.clone()),
            (Self::Cookie { held: None, .. }, None) => {
                Err(challenge(Problem::new(&kinds::REFRESH_REFUSED), "Bearer"))
            }
            (Self::Body, None) => Err(Problem::new(&kinds::MISSING_FIELD).field("/refresh_token")),
        }
    }

    /// What of the token goes into the body, and what into a header.
    pub(crate) fn hand_out(&self, token: String) -> (Option<String>, Option<HeaderValue>) {
        let Self::Cookie { https, .. } = self else {
            return (Some(token), None);
        };
        let secure = if *https { "; Secure" } else { "" };
        let cookie = format!(
            "{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={LONGEST}{secure}",
            name(*https)
        );
        // Our tokens are letters and digits; one that is not is better given than lost.
        match HeaderValue::try_from(cookie) {
            Ok(cookie) => (None, Some(cookie)),
            Err(_) => (Some(token), None),
        }
    }
}

impl<'a> FromRequest<'a> for Keeping {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let mut asked = request.headers().get_all(REFRESH_TOKEN).iter();
        match (asked.next().map(HeaderValue::as_bytes), asked.next()) {
            (None, _) => Ok(Self::Body),
            (Some(b"cookie"), None) => {
                let https = request.data::<Https>().is_some_and(|https| https.0);
                Ok(Self::Cookie {
                    held: held(request, name(https)),
                    https,
                })
            }
            _ => Err(Problem::new(&kinds::INVALID_HEADER)
                .field(REFRESH_TOKEN)
                .detail("It is `cookie`, or left out.")
                .into()),
        }
    }
}

/// What the one cookie of this name holds. Two of them would be one too many.
fn held(request: &Request, name: &str) -> Option<String> {
    let mut values = request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(given, _)| *given == name)
        .map(|(_, value)| value);
    let value = values.next()?;
    let sound = (1..=200).contains(&value.len()) && values.next().is_none();
    sound.then(|| value.to_owned())
}
