//! How times and maps are written in the saved state of a hub, for `#[serde(with)]`.

/// A time in nanoseconds. One of more than 584 years is written as that.
///
/// So short a time can be added to another without an overflow, whoever has written it.
pub(super) mod time {
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};
    use std::time::Duration;

    pub(in crate::room) fn serialize<S: Serializer>(
        time: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        nanoseconds(*time).serialize(serializer)
    }

    pub(in crate::room) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_nanos)
    }

    fn nanoseconds(time: Duration) -> u64 {
        u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
    }

    /// The same for a time that may be missing.
    pub(in crate::room) mod option {
        use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
        use std::time::Duration;

        pub(in crate::room) fn serialize<S: Serializer>(
            time: &Option<Duration>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            time.map(super::nanoseconds).serialize(serializer)
        }

        pub(in crate::room) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Duration>, D::Error> {
            let time = Option::<u64>::deserialize(deserializer)?;
            Ok(time.map(Duration::from_nanos))
        }
    }
}

/// A map as its entries in the order of their keys: equal maps are written equally, whatever the
/// order in which a hash map has them.
pub(super) mod sorted {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::HashMap;
    use std::hash::Hash;

    pub(in crate::room) fn serialize<K, V, S>(
        map: &HashMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        K: Ord + Serialize,
        V: Serialize,
        S: Serializer,
    {
        let mut entries: Vec<(&K, &V)> = map.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        serializer.collect_seq(entries)
    }

    pub(in crate::room) fn deserialize<'de, K, V, D>(
        deserializer: D,
    ) -> Result<HashMap<K, V>, D::Error>
    where
        K: Eq + Hash + Deserialize<'de>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let entries = Vec::<(K, V)>::deserialize(deserializer)?;
        Ok(entries.into_iter().collect())
    }
}
