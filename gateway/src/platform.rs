//! What anyone may know of the platform.

use std::collections::HashSet;

use medilink_commands::sign_in::SignInDesk;
use medilink_domain::registry;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::problem::{TYPE_BASE, status_of};
use crate::problem_kinds as kinds;

/// A kind of problem.
#[derive(Object)]
pub struct ProblemKindOut {
    /// Its stable name, as in a problem's `type`.
    r#type: String,
    /// How it is answered.
    status: u16,
    /// What is wrong.
    title: String,
    /// What the caller can do.
    mend: String,
}

/// The routes.
pub struct Platform(pub SignInDesk);

#[OpenApi(tag = "Tag::Platform")]
impl Platform {
    /// List the kinds of problems
    ///
    /// Those that the gateway itself finds, then those of the rules of the domain.
    #[oai(path = "/problems", method = "get", operation_id = "listProblems")]
    async fn problems(&self) -> Json<Vec<ProblemKindOut>> {
        Json(kinds_of_problems())
    }

    /// List the keys that sign access tokens
    ///
    /// Public keys (RFC 7517), for whoever checks tokens without asking us. Whether a session
    /// was ended they can't see there.
    #[oai(
        path = "/.well-known/jwks.json",
        method = "get",
        operation_id = "listSigningKeys"
    )]
    async fn signing_keys(&self) -> Json<serde_json::Value> {
        Json(self.0.public_keys())
    }
}

fn kinds_of_problems() -> Vec<ProblemKindOut> {
    let of_the_gateway = kinds::ALL.iter().map(|kind| ProblemKindOut {
        r#type: format!("{TYPE_BASE}{}", kind.slug),
        status: kind.status.as_u16(),
        title: kind.title.to_owned(),
        mend: kind.mend.to_owned(),
    });
    let of_the_domain = registry::problems()
        .into_iter()
        .map(|(title, detail)| ProblemKindOut {
            r#type: format!("{TYPE_BASE}{}", detail.slug),
            status: status_of(detail.class).as_u16(),
            title,
            mend: detail.mend.to_owned(),
        });
    let mut all: Vec<_> = of_the_gateway.chain(of_the_domain).collect();
    // Two capabilities may refuse for one reason.
    let mut seen = HashSet::new();
    all.retain(|kind| seen.insert(kind.r#type.clone()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_listed_once_with_what_to_do_about_it() {
        let kinds = kinds_of_problems();
        for slug in ["unsupported-media-type", "slot-in-past", "slot-taken"] {
            let of_slug = kinds
                .iter()
                .filter(|kind| kind.r#type == format!("{TYPE_BASE}{slug}"));
            assert_eq!(of_slug.count(), 1, "{slug}");
        }
        for kind in kinds {
            assert!(
                !kind.title.is_empty() && !kind.mend.is_empty(),
                "{}",
                kind.r#type
            );
        }
    }
}
