//! A map in one sorted vector: for the small maps of a node (sessions, peers), where a walk in order and a clone
//! without many allocations matter more than a fast insert in the middle.

use alloc::vec::Vec;

/// A map whose entries lie in one vector, ascending by key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VecMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for VecMap<K, V> {
    fn default() -> Self {
        VecMap { entries: Vec::new() }
    }
}

impl<K: Ord + Copy, V> VecMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        VecMap { entries: Vec::new() }
    }

    /// These entries, which come in ascending order, each key once.
    pub(crate) fn from_ascending(entries: impl Iterator<Item = (K, V)>) -> Self {
        let entries: Vec<(K, V)> = entries.collect();
        debug_assert!(entries.is_sorted_by(|(a, _), (b, _)| a < b), "ascending, each key once");
        VecMap { entries }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[inline]
    fn find(&self, key: K) -> Result<usize, usize> {
        // New keys are mostly the largest, and most maps are tiny.
        match self.entries.last() {
            None => Err(0),
            Some((last, _)) if *last < key => Err(self.entries.len()),
            _ => self.entries.binary_search_by(|(k, _)| k.cmp(&key)),
        }
    }

    /// The value at `key`.
    #[inline]
    pub fn get(&self, key: K) -> Option<&V> {
        self.find(key).ok().map(|i| &self.entries[i].1)
    }

    /// The value at `key`, which is found at once if its entry is at this place: for a walk in order over another map that
    /// has much the same keys.
    #[inline]
    pub fn get_near(&self, place: usize, key: K) -> Option<&V> {
        match self.entries.get(place) {
            Some((found, value)) if *found == key => Some(value),
            _ => self.get(key),
        }
    }

    /// The same, to be changed.
    #[inline]
    pub fn get_near_mut(&mut self, place: usize, key: K) -> Option<&mut V> {
        match self.entries.get(place) {
            Some((found, _)) if *found == key => Some(&mut self.entries[place].1),
            _ => self.get_mut(key),
        }
    }

    /// The place of `key` in the order, or the one that it would have.
    pub fn place(&self, key: K) -> usize {
        let (Ok(place) | Err(place)) = self.find(key);
        place
    }

    /// The value at `key`, made by `make` where there was none; found at once if its entry is at this place.
    #[inline]
    pub fn entry_near(&mut self, place: usize, key: K, make: impl FnOnce() -> V) -> &mut V {
        match self.entries.get(place) {
            Some((found, _)) if *found == key => &mut self.entries[place].1,
            _ => self.entry_or_insert_with(key, make),
        }
    }

    /// The value at `key`.
    #[inline]
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        self.find(key).ok().map(|i| &mut self.entries[i].1)
    }

    /// Whether there is a value at `key`.
    #[inline]
    pub fn contains(&self, key: K) -> bool {
        self.find(key).is_ok()
    }

    /// Sets the value at `key`; gives back the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(key) {
            Ok(i) => Some(core::mem::replace(&mut self.entries[i].1, value)),
            Err(i) => {
                self.entries.insert(i, (key, value));
                None
            }
        }
    }

    /// The value at `key`, made by `make` where there was none.
    pub fn entry_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let i = match self.find(key) {
            Ok(i) => i,
            Err(i) => {
                self.entries.insert(i, (key, make()));
                i
            }
        };
        &mut self.entries[i].1
    }

    /// Takes the entry at `key` out.
    pub fn remove(&mut self, key: K) -> Option<V> {
        self.find(key).ok().map(|i| self.entries.remove(i).1)
    }

    /// Drops every entry.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Keeps the entries of which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(K, &mut V) -> bool) {
        self.entries.retain_mut(|(k, v)| keep(*k, v));
    }

    /// All entries, ascending by key.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        self.entries.iter().map(|(k, v)| (*k, v))
    }

    /// The entries from `key` on, ascending by key.
    pub fn iter_from(&self, key: K) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        let (Ok(from) | Err(from)) = self.find(key);
        self.entries[from..].iter().map(|(k, v)| (*k, v))
    }

    /// All entries, ascending by key.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (K, &mut V)> + ExactSizeIterator {
        self.entries.iter_mut().map(|(k, v)| (*k, v))
    }

    /// All values, ascending by key.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.entries.iter().map(|(_, v)| v)
    }

    /// All keys, ascending.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator {
        self.entries.iter().map(|(k, _)| *k)
    }

    /// The entry at position `index` of the order, where there is one.
    pub fn at(&self, index: usize) -> Option<(K, &V)> {
        self.entries.get(index).map(|(k, v)| (*k, v))
    }
}

impl<K, V> IntoIterator for VecMap<K, V> {
    type Item = (K, V);
    type IntoIter = alloc::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, V)> for VecMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut map = VecMap::new();
        for (k, v) in iter {
            map.insert(k, v);
        }
        map
    }
}
