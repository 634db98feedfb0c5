//! How facts and figures are kept as bytes between two settlings: `postcard`, with words of the codebook by their rank.
//!
//! The form may change with any version of the program: [`FORM`] then changes too, and what was kept is made anew.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _};

/// The form of what is kept.
pub(crate) const FORM: u32 = 1;

/// Bytes of a value.
pub(crate) fn bytes<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("facts have no maps of unknown length, so they always have bytes")
}

/// The value of bytes; `None` when they are of no such value.
pub(crate) fn value<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// A word of the codebook by its rank among all.
macro_rules! ranked {
    ($($module:ident: $type:ty),+ $(,)?) => {
        $(pub(crate) mod $module {
            use super::*;

            pub(crate) fn serialize<S: Serializer>(choice: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let rank = <$type>::ALL.iter().position(|other| other == choice).unwrap_or(0);
                serializer.serialize_u8(rank as u8)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let rank = u8::deserialize(deserializer)?;
                <$type>::ALL.get(usize::from(rank)).copied().ok_or_else(|| D::Error::custom("no such rank"))
            }
        })+
    };
}

ranked! { kind: codebook::ActorKind, act: codebook::Act }

/// The same of what may be missing: rank 0.
macro_rules! ranked_option {
    ($($module:ident: $type:ty),+ $(,)?) => {
        $(pub(crate) mod $module {
            use super::*;

            pub(crate) fn serialize<S: Serializer>(choice: &Option<$type>, serializer: S) -> Result<S::Ok, S::Error> {
                let rank = choice.and_then(|choice| <$type>::ALL.iter().position(|other| *other == choice));
                serializer.serialize_u8(rank.map_or(0, |rank| rank as u8 + 1))
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<$type>, D::Error> {
                let Some(rank) = u8::deserialize(deserializer)?.checked_sub(1) else { return Ok(None) };
                <$type>::ALL.get(usize::from(rank)).copied().map(Some).ok_or_else(|| D::Error::custom("no such rank"))
            }
        })+
    };
}

ranked_option! { event_type: codebook::EventType, status: codebook::Status, role: codebook::RoleStatus }

/// A day as its number from 1970-01-01.
pub(crate) mod day {
    use super::*;
    use jiff::{ToSpan, civil::Date};

    const FIRST: Date = jiff::civil::date(1970, 1, 1);

    /// The number of a day.
    pub(crate) fn number(day: Date) -> i32 {
        (day - FIRST).get_days()
    }

    pub(crate) fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        day.map(number).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Ok(Option::<i32>::deserialize(deserializer)?.and_then(|n| FIRST.checked_add(n.days()).ok()))
    }
}

/// A window of days as two numbers.
pub(crate) mod window {
    use super::*;
    use jiff::civil::Date;

    #[derive(Serialize, Deserialize)]
    struct Window(#[serde(with = "super::day")] Option<Date>, #[serde(with = "super::day")] Option<Date>);

    pub(crate) fn serialize<S: Serializer>(days: &Option<(Date, Date)>, serializer: S) -> Result<S::Ok, S::Error> {
        Window(days.map(|days| days.0), days.map(|days| days.1)).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(Date, Date)>, D::Error> {
        Window::deserialize(deserializer).map(|Window(first, last)| first.zip(last))
    }
}
