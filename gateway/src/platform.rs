//! What anyone may know of the platform.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::problem::TYPE_BASE;
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
pub struct Platform;

#[OpenApi(tag = "Tag::Platform")]
impl Platform {
    /// List the kinds of problems
    ///
    /// Those that the gateway itself finds; the rules of the domain name their own in the
    /// same form.
    #[oai(path = "/problems", method = "get", operation_id = "listProblems")]
    async fn problems(&self) -> Json<Vec<ProblemKindOut>> {
        let kinds = kinds::ALL.iter().map(|kind| ProblemKindOut {
            r#type: format!("{TYPE_BASE}{}", kind.slug),
            status: kind.status.as_u16(),
            title: kind.title.to_owned(),
            mend: kind.mend.to_owned(),
        });
        Json(kinds.collect())
    }
}
