//! A few values that are costly to make, by what they are made from.

/// How many are kept: enough unless each account of a program needs one of its own.
const MOST: usize = 64;

/// The values made most recently.
pub(crate) struct Recent<Key, Value>(Vec<(Key, Value)>);

impl<Key: PartialEq, Value: Clone> Recent<Key, Value> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of `key`, which `make` makes if it isn't there. If there are too many, the oldest
    /// goes.
    pub(crate) fn get_or_make<E>(
        &mut self,
        key: Key,
        make: impl FnOnce(&Key) -> Result<Value, E>,
    ) -> Result<Value, E> {
        if let Some((_, value)) = self.0.iter().find(|(known, _)| *known == key) {
            return Ok(value.clone());
        }
        let value = make(&key)?;
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push((key, value.clone()));
        Ok(value)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(key: &usize) -> Result<usize, ()> {
        Ok(2 * key)
    }

    #[test]
    fn a_value_is_made_once() {
        let mut recent = Recent::new();
        assert_eq!(recent.get_or_make(1, double), Ok(2));
        assert_eq!(recent.get_or_make(1, |_| Err(())), Ok(2));
        recent.clear();
        assert_eq!(recent.get_or_make(1, |_| Err(())), Err(()));
    }

    #[test]
    fn ever_new_values_do_not_pile_up() {
        let mut recent = Recent::new();
        for key in 0..10 * MOST {
            recent.get_or_make(key, double).unwrap();
        }
        assert_eq!(recent.0.len(), MOST);
        assert_eq!(
            recent.get_or_make(10 * MOST - 1, |_| Err(())),
            Ok(2 * (10 * MOST - 1))
        );
    }
}
