//! Views that are kept up as logs grow.

use super::co_list::CoList;
use super::{CoValue, KeyRing, Resolver, View};

/// A view that is kept up.
#[derive(Clone, Debug)]
pub struct LiveView {
    view: View,
}

impl Default for LiveView {
    fn default() -> LiveView {
        LiveView { view: View::Unknown }
    }
}

impl LiveView {
    /// Brings it up to date with what is held; says whether anything was taken or judged anew.
    pub fn update<R: Resolver + ?Sized>(
        &mut self,
        co_value: &CoValue<'_>,
        resolver: &R,
        keys: &KeyRing,
    ) -> bool {
        self.view = View::new(co_value, resolver, keys);
        true
    }

    /// What it shows.
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// The items of a list or a text.
    pub fn list(&self) -> Option<&CoList> {
        match &self.view {
            View::List(list) | View::Text(list) => Some(list),
            _ => None,
        }
    }
}
