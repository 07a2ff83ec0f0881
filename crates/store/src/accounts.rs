//! `whatsapp_accounts`: connected numbers. A deleted one stays as a tombstone that no function
//! here shows.

mod change;
mod read;

pub use change::{
    StatusChange, Touch, delete, insert, rename, set_new_chats_held_until, set_pacing, set_status, set_wanted,
    touch_many_any_workspace,
};
pub use read::{
    AccountRow, WantedAccount, count, deleted_with_state_any_workspace, existing, find, find_any_workspace, find_row,
    hold_present_any_workspace, list, lock, wanted_any_workspace,
};

/// All columns of an account that is shown.
const COLUMNS: &str = "id, workspace_id, mode, provider, name, phone_number, status, status_reason, is_wanted, new_chats_held_until, last_frame_at, last_ack_at, pacing, created_at, updated_at";
