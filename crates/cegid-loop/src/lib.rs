//! Client for Cegid Loop: engagement letters of accounting firms and their activities.
