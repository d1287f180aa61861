//! A `VecMap` is a `BTreeMap` with another layout.

use cosim_core::VecMap;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u8),
    Remove(u8),
    Entry(u8, u8),
    Set(u8, u8),
    RetainBelow(u8),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..12_u8;
    prop_oneof![
        8 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Step::Insert(k, v)),
        4 => key.clone().prop_map(Step::Remove),
        4 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Step::Entry(k, v)),
        4 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Step::Set(k, v)),
        1 => key.prop_map(Step::RetainBelow),
        1 => Just(Step::Clear),
    ]
}

/// Takes a step on both; the two must give back the same.
fn take(step: &Step, map: &mut VecMap<u8, u8>, model: &mut BTreeMap<u8, u8>) {
    match *step {
        Step::Insert(k, v) => assert_eq!(map.insert(k, v), model.insert(k, v)),
        Step::Remove(k) => assert_eq!(map.remove(k), model.remove(&k)),
        Step::Entry(k, v) => assert_eq!(map.entry_or_insert_with(k, || v), model.entry(k).or_insert(v)),
        Step::Set(k, v) => assert_eq!(map.get_mut(k).map(|at| *at = v), model.get_mut(&k).map(|at| *at = v)),
        Step::RetainBelow(limit) => {
            map.retain(|k, _| k < limit);
            model.retain(|k, _| *k < limit);
        }
        Step::Clear => {
            map.clear();
            model.clear();
        }
    }
}

proptest! {
    #[test]
    fn vec_map_agrees_with_btree_map(steps in proptest::collection::vec(step(), 0..40)) {
        let (mut map, mut model) = (VecMap::new(), BTreeMap::new());
        for step in &steps {
            take(step, &mut map, &mut model);
            prop_assert!(map.iter().eq(model.iter().map(|(k, v)| (*k, v))));
            prop_assert!(map.keys().eq(model.keys().copied()));
            prop_assert!(map.values().eq(model.values()));
            prop_assert_eq!(map.len(), model.len());
            prop_assert_eq!(map.is_empty(), model.is_empty());
            for key in 0..13 {
                prop_assert_eq!(map.get(key), model.get(&key));
                prop_assert_eq!(map.contains(key), model.contains_key(&key));
            }
            let at = map.len() / 2;
            prop_assert_eq!(map.at(at), model.iter().nth(at).map(|(k, v)| (*k, v)));
        }
        prop_assert_eq!(model.into_iter().collect::<VecMap<_, _>>(), map);
    }
}
