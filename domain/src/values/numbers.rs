//! Whole numbers within limits.

/// Declares a whole number that is checked where it comes in, as JSON a plain number.
///
/// ```ignore
/// number! {
///     /// The length of a slot, from 5 to 240 minutes.
///     pub struct SlotMinutes(u16) in 5..=240 or NotSlotMinutes;
/// }
/// ```
macro_rules! number {
    ($(#[$doc:meta])* pub struct $name:ident($type:ty) in $min:literal..=$max:literal or $error:ident;) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name($type);

        impl $name {
            /// The smallest.
            pub const MIN: $type = $min;
            /// The largest.
            pub const MAX: $type = $max;

            /// The number.
            pub const fn get(self) -> $type {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = $crate::values::ValueError;

            fn try_from(number: u64) -> Result<Self, Self::Error> {
                <$type>::try_from(number)
                    .ok()
                    .filter(|number| ($min..=$max).contains(number))
                    .map(Self)
                    .ok_or($crate::values::ValueError::$error)
            }
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> Self {
                Self::from(value.0)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "integer", "minimum": Self::MIN, "maximum": Self::MAX })
            }
        }
    };
}
pub(crate) use number;
