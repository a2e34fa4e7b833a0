//! Names of streams that hold one day of someone or something.

/// Declares the name of a day, as `<owner>:<date>`.
macro_rules! day_id {
    ($(#[$doc:meta])* pub struct $name:ident { $(#[$owner_doc:meta])* $owner:ident: $type:ty }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name {
            $(#[$owner_doc])*
            pub $owner: $type,
            /// Which day, on the hospital's calendar.
            pub date: chrono::NaiveDate,
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}:{}", self.$owner, self.date)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::values::ValueError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let none = || $crate::values::ValueError::NotADayId;
                let (owner, date) = text.split_once(':').ok_or_else(none)?;
                Ok(Self {
                    $owner: owner.parse().map_err(|_| none())?,
                    date: date.parse().map_err(|_| none())?,
                })
            }
        }

        impl $crate::values::AsText for $name {
            type Text<'a> = Self;

            fn as_text(&self) -> Self {
                *self
            }
        }

        $crate::values::string_value!($name, {
            "type": "string",
            "pattern": "^[0-9a-f-]{36}:[0-9]{4}-[0-9]{2}-[0-9]{2}$"
        });
    };
}
pub(crate) use day_id;
