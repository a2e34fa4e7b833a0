//! The registry of the problems that the gateway itself finds. The rules of the domain name
//! their own problems, beside the rule.

use poem::http::StatusCode;

/// A kind of problem.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The last segment of the stable `type` URI.
    pub slug: &'static str,
    /// How it is answered.
    pub status: StatusCode,
    /// What is wrong.
    pub title: &'static str,
    /// What the caller can do.
    pub mend: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $status:ident $slug:literal $title:literal $mend:literal;)+) => {
        $(
            #[doc = $title]
            pub const $name: Kind = Kind {
                slug: $slug,
                status: StatusCode::$status,
                title: $title,
                mend: $mend,
            };
        )+

        /// All of them, in the order of their status.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

kinds! {
    MALFORMED_JSON = BAD_REQUEST "malformed-json"
        "The body is not JSON." "Send one JSON value in UTF-8; the detail says where it breaks.";
    JSON_TOO_DEEP = BAD_REQUEST "json-too-deep"
        "The body is nested too deeply." "Send at most 32 levels of arrays and objects.";
    DUPLICATE_FIELD = BAD_REQUEST "duplicate-field"
        "A field is given twice." "Give each field once.";
    FORBIDDEN_CHARACTER = BAD_REQUEST "forbidden-character"
        "The body holds a character that can't be stored." "Leave out NUL characters and pair all surrogates.";
    NUMBER_OUT_OF_RANGE = BAD_REQUEST "number-out-of-range"
        "A number is too large to be exact." "Send numbers between -9007199254740991 and 9007199254740991.";
    INVALID_PARAMETER = BAD_REQUEST "invalid-parameter"
        "A parameter can't be read." "Send it in the format that /docs shows for it.";
    UNKNOWN_PARAMETER = BAD_REQUEST "unknown-parameter"
        "There is no such parameter." "Leave it out, or see /docs for its name; give each parameter once.";
    INVALID_HEADER = BAD_REQUEST "invalid-header"
        "A header can't be read." "Send it in the format that /docs shows for it.";
    UNEXPECTED_HEADER = BAD_REQUEST "unexpected-header"
        "This takes no such header." "Leave it out; /docs shows which headers are taken.";
    SIGN_IN_REQUIRED = UNAUTHORIZED "sign-in-required"
        "Nobody is signed in." "Send `Authorization: Bearer <token>`.";
    INVALID_TOKEN = UNAUTHORIZED "invalid-token"
        "The token is unknown, expired or revoked." "Sign in again.";
    WRONG_CREDENTIALS = UNAUTHORIZED "wrong-credentials"
        "The e-mail address or the password is wrong." "Check both, or ask for a new password.";
    REFRESH_REFUSED = UNAUTHORIZED "refresh-refused"
        "The session is over." "Sign in again.";
    FORBIDDEN = FORBIDDEN "forbidden"
        "You may not do this." "Ask someone whose role allows it.";
    PROOF_REQUIRED = FORBIDDEN "proof-required"
        "Show again who you are." "Send your second factor, or your password if you have none, to /v1/me/session/proof; then send this again within ten minutes.";
    SECOND_FACTOR_REQUIRED = FORBIDDEN "second-factor-required"
        "Your role needs a second factor." "Set one up under /v1/me/second-factors, or sign in with it.";
    NOT_FOUND = NOT_FOUND "not-found"
        "There is no such thing here, or you may not know of it." "Check the address and the ids; ids are UUIDs.";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED "method-not-allowed"
        "This address doesn't know that method." "Use one of the methods in the Allow header.";
    NOT_ACCEPTABLE = NOT_ACCEPTABLE "not-acceptable"
        "There is no answer in a format that you accept." "Accept application/json, or text/event-stream where /docs says so.";
    REQUEST_TIMEOUT = REQUEST_TIMEOUT "request-timeout"
        "The body did not arrive in time." "Send it again, faster.";
    CONTENTION = CONFLICT "contention"
        "Too many others changed the same thing at once." "Send the same request again.";
    NOT_CERTIFIED = CONFLICT "erasure-not-certified"
        "Nothing of it is erased and certified yet." "Ask again when a category is erased; the certificate follows within a minute.";
    SHOWN_ONCE = CONFLICT "shown-once"
        "This was done before, and its link was shown only that once." "Close it and open another one, under a new key.";
    VERSION_MISMATCH = PRECONDITION_FAILED "version-mismatch"
        "It has changed since you read it." "Read it again and decide anew; If-Match takes the ETag of that answer.";
    BODY_TOO_LARGE = PAYLOAD_TOO_LARGE "body-too-large"
        "The body is too large." "Send less; the detail says how much is taken.";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type"
        "The body is of a type that isn't taken here." "Send `Content-Type: application/json` and no Content-Encoding.";
    INVALID_FIELD = UNPROCESSABLE_ENTITY "invalid-field"
        "A field has a value that it can't have." "Change the field as the detail says.";
    MISSING_FIELD = UNPROCESSABLE_ENTITY "missing-field"
        "A field is missing." "Add the field.";
    UNKNOWN_FIELD = UNPROCESSABLE_ENTITY "unknown-field"
        "There is no such field." "Leave it out, or see /docs for its name.";
    WRONG_PASSWORD = UNPROCESSABLE_ENTITY "wrong-password"
        "The password is wrong." "Check it, or sign out and ask for a new one.";
    WEAK_PASSWORD = UNPROCESSABLE_ENTITY "weak-password"
        "The password could be guessed." "Choose a longer one: several words that have nothing to do with each other or with you.";
    IDEMPOTENCY_KEY_REUSED = UNPROCESSABLE_ENTITY "idempotency-key-reused"
        "This idempotency key belongs to another request." "Use a new key for a new request, and the same body for a repeated one.";
    UNKNOWN_POSITION = UNPROCESSABLE_ENTITY "unknown-position"
        "The log has not come to that position." "Send a position that an earlier answer gave you.";
    TOO_MANY_REQUESTS = TOO_MANY_REQUESTS "too-many-requests"
        "Too many requests." "Wait as long as Retry-After says.";
    TRIED_TOO_OFTEN = TOO_MANY_REQUESTS "tried-too-often"
        "This was tried too often." "Wait as long as Retry-After says.";
    TOO_MANY_STREAMS = TOO_MANY_REQUESTS "too-many-streams"
        "Too many streams are open." "Close one, or wait as long as Retry-After says.";
    INTERNAL_ERROR = INTERNAL_SERVER_ERROR "internal-error"
        "Something went wrong on our side." "Tell us the request's id; trying again may help.";
    BEHIND = SERVICE_UNAVAILABLE "behind"
        "What you wrote is safe, but can't be read yet." "Wait as long as Retry-After says.";
    OVERLOADED = SERVICE_UNAVAILABLE "overloaded"
        "Too many requests are under way." "Wait as long as Retry-After says.";
    UNAVAILABLE = SERVICE_UNAVAILABLE "unavailable"
        "A part that this needs is away." "Wait as long as Retry-After says; nothing was changed unless an answer said so.";
    TIMED_OUT = GATEWAY_TIMEOUT "timed-out"
        "This took too long." "Send it again with the same Idempotency-Key: it takes effect once.";
}

/// The kind that stands for a bare status, for errors that a library answers itself.
pub fn of_status(status: StatusCode) -> &'static Kind {
    match status {
        StatusCode::BAD_REQUEST => &INVALID_PARAMETER,
        StatusCode::CONFLICT => &CONTENTION,
        StatusCode::UNAUTHORIZED => &SIGN_IN_REQUIRED,
        StatusCode::UNPROCESSABLE_ENTITY => &INVALID_FIELD,
        StatusCode::TOO_MANY_REQUESTS => &TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE => &UNAVAILABLE,
        _ => match ALL.iter().find(|kind| kind.status == status) {
            Some(kind) => kind,
            None => &INTERNAL_ERROR,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_problems_share_a_type() {
        let slugs: BTreeSet<_> = ALL.iter().map(|kind| kind.slug).collect();
        assert_eq!(slugs.len(), ALL.len());
    }

    #[test]
    fn every_problem_is_an_error_and_says_how_to_mend_it() {
        for kind in ALL {
            assert!(
                kind.status.is_client_error() || kind.status.is_server_error(),
                "{}",
                kind.slug
            );
            assert!(
                kind.title.ends_with('.') && kind.mend.ends_with('.'),
                "{}",
                kind.slug
            );
        }
    }

    #[test]
    fn the_registry_of_problems_is_stable() {
        let table: Vec<String> = ALL
            .iter()
            .map(|kind| {
                format!(
                    "{} {} | {} | {}",
                    kind.status.as_u16(),
                    kind.slug,
                    kind.title,
                    kind.mend
                )
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
