//! The ways of calling, each as its documentation recommends it, with a token in a header.

mod azure_core;
mod bare_reqwest;
mod core;
mod hyper_util;
mod octocrab;
mod reqwest_middleware;

pub use azure_core::AzureCore;
pub use bare_reqwest::BareReqwest;
pub use core::Core;
pub use hyper_util::HyperUtil;
pub use octocrab::Octocrab;
pub use reqwest_middleware::ReqwestMiddleware;

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.bm90LWEtcmVhbC10b2tlbg.bm90LWEtcmVhbC1zaWduYXR1cmU";
const TOKEN_HEADER: &str = "x-auth-token";
