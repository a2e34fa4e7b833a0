//! What a refused command tells its caller.

/// How a problem is answered; the gateway maps it to an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemClass {
    /// The request can't be right as it stands (HTTP 422).
    Invalid,
    /// There is no such thing, or the caller may not know of it (HTTP 404).
    NotFound,
    /// The request was right but the world has moved on (HTTP 409).
    Conflict,
    /// The caller is known and may not do this (HTTP 403).
    Forbidden,
}

/// A refusal in the terms of RFC 9457, without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemDetail {
    /// The last segment of the problem's stable `type` URI, such as `slot-taken`.
    pub slug: &'static str,
    /// How it is answered.
    pub class: ProblemClass,
    /// The request field at fault, as a JSON pointer such as `/starts_at`.
    pub field: Option<&'static str>,
    /// What the caller can do about it.
    pub mend: &'static str,
}

impl ProblemDetail {
    /// A refusal that concerns the request as a whole.
    pub const fn new(class: ProblemClass, slug: &'static str, mend: &'static str) -> Self {
        Self {
            slug,
            class,
            field: None,
            mend,
        }
    }

    /// The same refusal, with the field at fault.
    #[must_use]
    pub const fn at(self, field: &'static str) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }
}

/// A domain error that a caller can act on. Its `Display` is the problem's title and must
/// hold no personal data.
pub trait Problem: std::error::Error + Send + Sync + 'static {
    /// The stable description of this problem.
    fn detail(&self) -> ProblemDetail;
}

/// Declares the refusals of an aggregate as a table: class, slug, field at fault, title, mend.
///
/// ```ignore
/// problems! {
///     /// Why a calendar refuses.
///     pub enum CalendarError {
///         /// Someone was faster.
///         SlotTaken: Conflict "slot-taken" at "/starts_at",
///             "the slot is taken", "Choose another free slot.";
///     }
/// }
/// ```
#[macro_export]
macro_rules! problems {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident : $class:ident $slug:literal $(at $field:literal)?,
            $title:literal, $mend:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum $name {
            $($(#[$doc])* #[error($title)] $variant,)+
        }

        impl $name {
            /// Every refusal, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $crate::problem::Problem for $name {
            fn detail(&self) -> $crate::problem::ProblemDetail {
                use $crate::problem::{ProblemClass, ProblemDetail};
                match self {
                    $(Self::$variant => ProblemDetail::new(ProblemClass::$class, $slug, $mend)
                        $(.at($field))?,)+
                }
            }
        }
    };
}
