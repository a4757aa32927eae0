//! The vendors of this project, each under the suite.

mod cegid_loop;
mod geoplanning;
mod ocean_geomission;

pub use cegid_loop::CegidLoop;
pub use geoplanning::Geoplanning;
pub use ocean_geomission::OceanGeomission;
