//! A client and its calls can be used from any thread.

use cegid_loop::{
    Client, ClientBuilder, EngagementLetter, Error, Filter, List, Page, Pages, Rows, letters,
};

fn is_shared<T: Clone + Send + Sync + 'static>() {}

fn is_sent<T: Send>(_: T) {}

#[test]
fn a_client_is_shared_by_threads_and_so_is_what_it_lists() {
    is_shared::<Client>();
    is_shared::<ClientBuilder>();
    is_shared::<Filter<EngagementLetter>>();
    is_shared::<List<EngagementLetter>>();
    is_shared::<Page<EngagementLetter>>();
    is_shared::<Error>();
}

#[test]
fn every_way_to_read_a_list_can_run_in_a_task_of_its_own() {
    let keys = Client::builder().subscription_key("s").api_key("k", "c");
    let client = keys.build().unwrap();
    let list = || client.engagement_letters(letters::ID.is_not_null());
    is_sent(list().page());
    is_sent(list().try_collect());
    let mut pages: Pages<_> = list().pages();
    is_sent(pages.next());
    let mut rows: Rows<_> = list().prefetch().rows();
    is_sent(rows.next());
    is_sent(rows.try_collect());
    let id = "efb2dfc9-71a5-4e72-98fd-78b427790086".parse().unwrap();
    is_sent(client.engagement_letter(id));
}
