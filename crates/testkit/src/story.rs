//! Telling a story on each database.

use crate::{app::TestApp, database::Backend};
use futures_util::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc};

/// Tells a story on a gateway of its own, ends it with what must hold after every story, and cleans
/// up whatever happened.
pub async fn tell(backend: Backend, story: impl AsyncFnOnce(&mut TestApp)) {
    let Some(mut app) = TestApp::on(backend).await else { return };
    let told = AssertUnwindSafe(async {
        story(&mut app).await;
        app.finish().await;
    });
    let outcome = told.catch_unwind().await;
    app.stop().await;
    let database = app.database.clone();
    drop(app);
    if let Some(database) = Arc::into_inner(database) {
        database.drop().await;
    }
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// Tells each story twice: `on_sqlite` and `on_mysql`, in a module with the story's name.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: &mut TestApp) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($app: &mut $crate::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                $crate::story::tell($crate::Backend::Sqlite, story).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_mysql() {
                $crate::story::tell($crate::Backend::MySql, story).await;
            }
        }
    )+};
}
