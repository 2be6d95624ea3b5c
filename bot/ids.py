"""Every id that Slack hands back to Frontline, enumerated once; a test compares listeners and manifest."""

from enum import StrEnum


class Command(StrEnum):
    INSIGHT = "/insight"
    FRONTLINE = "/frontline"


class Shortcut(StrEnum):
    SAVE_MESSAGE = "save_message_as_insight"  # on a message
    NEW_INSIGHT = "new_insight"  # global


class Event(StrEnum):
    """The events of the manifest. Each has a listener: Slack counts an unmatched one as a failure."""

    REACTION_ADDED = "reaction_added"
    REACTION_REMOVED = "reaction_removed"
    MESSAGE = "message"
    APP_MENTION = "app_mention"
    APP_HOME_OPENED = "app_home_opened"
    MEMBER_JOINED = "member_joined_channel"
    MEMBER_LEFT = "member_left_channel"
    CHANNEL_ARCHIVE = "channel_archive"
    CHANNEL_UNARCHIVE = "channel_unarchive"
    CHANNEL_DELETED = "channel_deleted"
    CHANNEL_RENAME = "channel_rename"
    CHANNEL_ID_CHANGED = "channel_id_changed"
    CHANNEL_SHARED = "channel_shared"
    CHANNEL_UNSHARED = "channel_unshared"
    CHANNEL_LEFT = "channel_left"
    GROUP_ARCHIVE = "group_archive"
    GROUP_UNARCHIVE = "group_unarchive"
    GROUP_DELETED = "group_deleted"
    GROUP_RENAME = "group_rename"
    GROUP_LEFT = "group_left"
    TEAM_JOIN = "team_join"
    USER_CHANGE = "user_change"
    TOKENS_REVOKED = "tokens_revoked"
    APP_UNINSTALLED = "app_uninstalled"


class View(StrEnum):
    """`callback_id` of forms."""

    NEW_INSIGHT = "insight_new"  # the form, from command or shortcut
    EDIT_INSIGHT = "insight_edit"  # Add details
    SAVE_MESSAGE = "insight_from_message"
    MANAGE_MESSAGE = "insight_manage"  # behind the message shortcut, where the insight exists
    BRIDGES = "bridges"  # the list from which to choose one
    BRIDGE = "bridge_setup"
    CATEGORIES = "bridge_categories"
    LISTS = "bridge_lists"  # competitors, customers, products
    DIGEST = "digest_schedule"
    TRIAGE = "triage"  # untriaged insights, one by one
    TRIAGE_OUTCOME = "triage_outcome"
    TRIAGE_CATEGORY = "triage_category"
    TRIAGE_MERGE = "triage_merge"
    ACTIVITY = "activity_plan"  # planned anew or changed
    ACTIVITY_CARD = "activity_card"  # one activity with its figures; its buttons act, nothing to submit
    ACTIVITY_ENTRY = "activity_entry"  # spend, a result, or the correction of one
    ACTIVITY_CANCEL = "activity_cancel"
    ACTIVITY_ANSWER = "activity_answer"  # of sales: with which deal it helped, or a comment
    MEETING = "meeting_series"
    MEETING_ONE = "meeting_one"  # one occurrence: move, skip or cancel it
    MEETING_SUGGEST = "meeting_suggest"
    MEETING_MINUTES = "meeting_minutes"
    ACTION_LATER = "action_later"
    ACTION_HAND_OVER = "action_hand_over"
    ACTION_DROP = "action_drop"
    THEME_RENAME = "theme_rename"
    THEME_MERGE = "theme_merge"
    THEME_SPLIT = "theme_split"
    ASK = "question_ask"
    QUESTION_OUTCOME = "question_outcome"
    QUIET_HOURS = "quiet_hours"
    QUESTION_ANSWER = "question_answer"  # without a name
    ERASE = "erase"  # asks what is to be erased
    ERASE_PREVIEW = "erase_preview"  # what goes; to be confirmed in words
    LIFETIME = "bridge_lifetime"
    LIFETIME_PREVIEW = "bridge_lifetime_preview"
    INBOX_FILTER = "inbox_filter"
    MINE_FILTER = "mine_filter"  # of my insights in the home tab
    NOTICE = "notice"  # says something; has nothing to submit


class Action(StrEnum):
    """`action_id` of buttons, menus and fields that send something by themselves."""

    CHANGE_CATEGORY = "insight_category"
    ADD_DETAILS = "insight_details"
    UNDO = "insight_undo"
    SAVE_TEXT = "insight_save_text"  # Save as insight instead, of a command's text
    SAVE_DM = "insight_save_message"  # Save as insight, of a direct message or mention
    LIST_PAGE = "insight_list_newer"
    LIST_PAGE_OLDER = "insight_list_older"
    HOME_NEW = "home_new_insight"
    HOME_PAGE = "home_newer"
    HOME_PAGE_OLDER = "home_older"
    ADD_SUPPORT = "insight_support"
    HOME_ABOUT = "home_about"  # a customer, competitor or product, whose page opens
    HOME_SETUP = "home_setup"
    OPEN_LINK = "open_link"  # buttons with a URL send an action too, which wants its acknowledgement
    BRIDGE_EDIT = "bridge_edit"
    BRIDGE_NEW = "bridge_new"
    BRIDGE_CATEGORIES = "bridge_categories_open"
    BRIDGE_DIGEST = "bridge_digest_open"
    BRIDGE_LISTS = "bridge_lists_open"
    NAME_ADD = "name_add"  # a name that no list knows: to which list it goes
    NAME_IGNORE = "name_ignore"
    NAME_ADD_HERE = "name_add_in_form"  # the same within the form of the lists
    NAME_IGNORE_HERE = "name_ignore_in_form"
    HOME_ERASE = "home_erase"
    BRIDGE_LIFETIME = "bridge_lifetime_open"
    PICK_BRIDGE = "insight_bridge"  # in the form: the categories follow
    DIGEST_FREQUENCY = "digest_frequency"  # in the form: the day's field follows
    REPORT_SEND = "report_send_now"  # from the preview
    BRIDGE_REPORT = "bridge_report_open"
    DIGEST_SEND = "digest_send_now"  # from the preview
    TRIAGE_ACKNOWLEDGE = "triage_acknowledge"
    TRIAGE_TAKE = "triage_take"
    TRIAGE_DONE = "triage_done"
    TRIAGE_DECLINE = "triage_decline"
    TRIAGE_MORE = "triage_more"  # the menu behind the buttons
    TRIAGE_OPEN = "triage_open"  # begin to walk through what is untriaged
    TRIAGE_NEXT = "triage_next"
    TRIAGE_RESTART = "triage_restart"
    NOTICES = "home_notices"  # of what becomes of her insights, which a person wants
    QUIET_HOURS = "quiet_hours_open"
    INBOX_BRIDGE = "inbox_bridge"  # filters of what is to be triaged, in the home tab
    INBOX_CATEGORY = "inbox_category"
    INBOX_FILTER = "inbox_filter_open"
    MINE_FILTER = "mine_filter_open"
    INBOX_PAGE = "inbox_more"
    INBOX_PAGE_BACK = "inbox_back"
    TRIAGE_BACK = "triage_back"  # from a form to the insight that the walk stands at
    ACTIVITY_NEW = "activity_new"
    ACTIVITY_LIST = "activity_list"  # from the home tab
    ACTIVITY_PAGE = "activity_list_page"
    ACTIVITY_OPEN = "activity_open"
    ACTIVITY_SPEND = "activity_spend"
    ACTIVITY_RESULT = "activity_result"
    ACTIVITY_CORRECT = "activity_correct"  # menu of entries
    ACTIVITY_EDIT = "activity_edit"
    ACTIVITY_START = "activity_start"
    ACTIVITY_FINISH = "activity_finish"
    ACTIVITY_STOP = "activity_stop"  # opens the form that asks why it is cancelled
    ACTIVITY_YES = "activity_helped"  # opens a form
    ACTIVITY_SOMEWHAT = "activity_helped_somewhat"
    ACTIVITY_NO = "activity_helped_not"
    ACTIVITY_UNNOTICED = "activity_unnoticed"
    ACTIVITY_COMMENT = "activity_comment"
    ACTIVITY_SEND = "activity_report_send"  # from the preview
    THEME_OPEN = "theme_open"
    THEME_PULL = "theme_pull_out"
    THEME_RENAME = "theme_rename_open"
    THEME_MERGE = "theme_merge_open"
    THEME_SPLIT = "theme_split_open"
    QUESTION_CLOSE = "question_close"
    QUESTION_ANSWER = "question_answer_open"
    TIME_ZONE = "bridge_time_zone"  # options loaded from Frontline
    MEETING_NEW = "meeting_new"
    MEETING_CHANGE = "meeting_change"
    MEETING_FREQUENCY = "meeting_frequency"  # in the form: the day's fields follow
    MEETING_YES = "meeting_yes"
    MEETING_NO = "meeting_no"
    MEETING_SUGGEST = "meeting_suggest"
    MEETING_CHANGE_ONE = "meeting_change_one"
    MEETING_RECORD = "meeting_record"
    MEETING_FILE = "meeting_file"
    MEETING_TOPIC = "meeting_topic_insight"  # Put on the agenda
    ACTION_DONE = "action_done"
    ACTION_LATER = "action_later"
    ACTION_HAND_OVER = "action_hand_over"
    ACTION_DROP = "action_drop"


class Field(StrEnum):
    """`block_id` and `action_id` of fields that are only read at submission."""

    BRIDGE = "bridge"
    CATEGORY = "category"
    TEXT = "text"
    CUSTOMER = "customer"
    COMPETITORS = "competitors"
    PRODUCT = "product"
    URGENT = "urgent"
    DEAL = "deal"
    NOTE = "note"
    ERASE_NUMBER = "erase_number"
    ERASE_PERSON = "erase_person"
    CONFIRM = "erase_confirm"
    LIFETIME = "lifetime_count"
    LIFETIME_UNIT = "lifetime_unit"
    OUTCOME = "outcome"
    TARGET = "merge_target"
    THRESHOLD = "card_threshold"
    NAME = "name"
    SALES = "sales_channels"
    MARKETING = "marketing_channel"
    LANGUAGE = "language"
    EMOJI = "flag_emoji"
    MANAGERS = "managers"
    MARKETING_BY = "marketing_by"  # all members of the marketing channel, or those named
    MARKETERS = "marketers"
    MARKETER_GROUPS = "marketer_groups"
    TIME_ZONE = "time_zone"
    LIST_COMPETITORS = "list_competitor"
    LIST_CUSTOMERS = "list_customer"
    LIST_PRODUCTS = "list_product"
    CATEGORY_LINE = "bridge_category"  # with the category's key behind it: one field for each
    CATEGORY_NEW = "bridge_category_new"  # with a number behind it
    CATEGORY_BACK = "bridge_category_back"  # with a number behind it: ten boxes each
    FREQUENCY = "frequency"
    WEEKDAY = "weekday"
    MONTH_DAY = "month_day"
    MONTH_WEEK = "month_week"
    TIME = "time"
    PAUSED = "paused"
    ASKED_IN = "asked_in"
    CLOSES_ON = "closes_on"
    ANONYMOUS = "anonymous"
    TITLE = "activity_title"
    PURPOSE = "activity_purpose"
    OWNER = "activity_owner"
    STARTS_ON = "activity_starts_on"
    ENDS_ON = "activity_ends_on"
    CURRENCY = "activity_currency"
    BUDGET = "activity_budget"
    PLANNED = "activity_planned"  # with the kind of result behind it: one field for each
    INSIGHTS = "activity_insights"
    THEMES = "activity_themes"  # one box: with all insights of their themes
    KIND = "activity_kind"
    AMOUNT = "activity_amount"
    RATE = "activity_rate"
    ON_DATE = "activity_on_date"
    REASON = "activity_reason"
    DEAL_NAME = "activity_deal"
    COMMENT = "activity_comment"
    MEETING_TITLE = "meeting_title"
    MEETING_DAY = "meeting_day"  # of a month
    MEETING_NTH = "meeting_nth"
    MEETING_FROM = "meeting_from"
    MEETING_LENGTH = "meeting_length"
    MEETING_CHANNELS = "meeting_channels"
    MEETING_PEOPLE = "meeting_people"
    MEETING_GROUPS = "meeting_groups"
    MEETING_FACILITATORS = "meeting_facilitators"
    MEETING_PLACE = "meeting_place"
    MEETING_PROMPTS = "meeting_prompts"
    MEETING_PROMPT_AHEAD = "meeting_prompt_ahead"
    MEETING_REMINDER_AHEAD = "meeting_reminder_ahead"
    MEETING_OFF_DAYS = "meeting_off_days"
    MEETING_HOLIDAYS = "meeting_holidays"
    MEETING_OFF_POLICY = "meeting_off_policy"
    MEETING_ENDED = "meeting_ended"
    MEETING_WHAT = "meeting_what"
    MEETING_DATE = "meeting_date"
    MEETING_REASON = "meeting_reason"
    MEETING_PRESENT = "meeting_present"  # in the minutes' form with the revision behind it, as those below
    MEETING_DECISIONS = "meeting_decisions"
    MEETING_ITEMS = "meeting_items"
    MEETING_NOTES = "meeting_notes"
    ITEM_DUE = "item_due"
    ITEM_OWNER = "item_owner"
    QUERY = "query"
    QUIET = "quiet"
    WORK_DAYS = "work_days"
    WORK_FROM = "work_from"
    WORK_UNTIL = "work_until"
    THEME_NAME = "theme_name"
    THEME_OTHER = "theme_other"
    THEME_MEMBERS = "theme_members"
