//! The vendors of this project, each under the suite.

mod cegid_loop;
mod geoplanning;
mod ocean_geomission;

pub use cegid_loop::CegidLoop;
pub use geoplanning::Geoplanning;
pub use ocean_geomission::OceanGeomission;

/// Calls a function that is generic over its [`Subject`](crate::Subject) once per vendor, and
/// collects the results in an array. The one list of vendors.
#[macro_export]
macro_rules! for_each_vendor {
    ($function:ident($($argument:expr),*)) => {
        [
            $function::<$crate::subjects::OceanGeomission>($($argument),*),
            $function::<$crate::subjects::CegidLoop>($($argument),*),
            $function::<$crate::subjects::Geoplanning>($($argument),*),
        ]
    };
}
