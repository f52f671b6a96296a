//! Working memory that is taken again instead of asking for zeros each time.
//!
//! All arrays of a system end to end are megabytes, and a solve needs them for moments. An array that
//! nobody works in stays with its system; what is taken holds the numbers of whoever had it last.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Arrays of one length that nobody works in.
#[derive(Debug, Default)]
struct Shelf(Mutex<Vec<Vec<f64>>>);

/// Where arrays of one length are taken from.
#[derive(Debug)]
pub(crate) struct Spare {
    length: usize,
    shelf: Arc<Shelf>,
}

impl Spare {
    pub(crate) fn new(length: usize) -> Self {
        Self { length, shelf: Arc::default() }
    }

    /// Numbers of any value.
    pub(crate) fn take(&self) -> Numbers {
        let numbers = self.shelf.take().unwrap_or_else(|| vec![0.0; self.length]);
        Numbers { numbers, shelf: Arc::clone(&self.shelf) }
    }

    pub(crate) fn zeros(&self) -> Numbers {
        let mut taken = self.take();
        taken.fill(0.0);
        taken
    }
}

impl Shelf {
    fn take(&self) -> Option<Vec<f64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// An array of a system's length, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Numbers {
    numbers: Vec<f64>,
    shelf: Arc<Shelf>,
}

impl Clone for Numbers {
    fn clone(&self) -> Self {
        let numbers = match self.shelf.take() {
            Some(mut taken) => {
                taken.copy_from_slice(&self.numbers);
                taken
            }
            None => self.numbers.clone(),
        };
        Self { numbers, shelf: Arc::clone(&self.shelf) }
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        let numbers = std::mem::take(&mut self.numbers);
        self.shelf.0.lock().unwrap_or_else(PoisonError::into_inner).push(numbers);
    }
}

impl Deref for Numbers {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.numbers
    }
}

impl DerefMut for Numbers {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_is_taken_again_and_copies_stand_alone() {
        let spare = Spare::new(3);
        let mut first = spare.take();
        first.copy_from_slice(&[1.0, 2.0, 3.0]);
        let place = first.as_ptr();
        let mut copy = first.clone();
        copy[0] = 7.0;
        assert_eq!((&*first, &*copy), (&[1.0, 2.0, 3.0][..], &[7.0, 2.0, 3.0][..]));
        drop(first);
        let again = spare.zeros();
        assert_eq!((again.as_ptr(), &*again), (place, &[0.0; 3][..]));
    }
}
