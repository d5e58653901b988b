// Made by `posd schema --typescript`; a test compares. Do not edit.
//
// Lists that may get more words take any text beside those that are known today: treat a
// `next_action` that you do not know as "call_support".

/** What may be done with a payment now. */
export type Action = "capture" | "void" | "refund" | (string & {});

/** An app that has paired, without its key. */
export interface App {
  /** Name of an app. */
  app: string;
  /** For people to compare. */
  check_word: string;
  /** Of its page, when it runs in a browser. */
  origin?: string;
  /** When it paired. */
  paired_at: string;
  role: Role;
}

/** Parameters of `app.invite`. */
export interface AppInviteParams {
  /** Name of an app. */
  app: string;
  /** Of its page, when it runs in a browser: scheme, host and port. */
  origin?: string | null;
  /** `cashier` without it. */
  role?: "cashier" | "supervisor" | "technician";
}

/** Parameters of `app.list`. */
export type AppListParams = Record<string, never>;

/** An app has paired. */
export interface AppPairedEvent {
  /** Name of an app. */
  app: string;
  /** When. */
  at: string;
  /** For people to compare with what the app shows. */
  check_word: string;
  /** Which event it is. */
  event: "app_paired";
  role: Role;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** Parameters of `app.revoke`. */
export interface AppRevokeParams {
  /** Name of an app. */
  app: string;
}

/** An app is let in no more. */
export interface AppRevokedEvent {
  /** Name of an app. */
  app: string;
  /** When. */
  at: string;
  /** Which event it is. */
  event: "app_revoked";
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** An app may do something else. */
export interface AppRoleChangedEvent {
  /** Name of an app. */
  app: string;
  /** When. */
  at: string;
  /** Which event it is. */
  event: "app_role_changed";
  role: Role;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** Parameters of `app.set_role`. */
export interface AppSetRoleParams {
  /** Name of an app. */
  app: string;
  /** What an app may do; each may do what those before it may. */
  role: "cashier" | "supervisor" | "technician";
}

/** The apps that are let in. */
export interface Apps {
  /** All that are let in. */
  apps: App[];
}

/** A payment that somebody should look at. */
export interface Attention {
  /** What it still holds, waits for, or failed to take: minor units. */
  amount_minor: number;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** When the authorization ends. */
  expires_at?: string;
  /** Of `queued`: it may have been carried out. */
  in_doubt?: boolean;
  /** Of `queued`: absent while it is being tried. */
  next_try_at?: string;
  /** Of `queued`: the operation that goes on with it. */
  operation_id?: string;
  /** The order. */
  order_id?: string;
  /** The payment. */
  payment_id: string;
  /** Of `queued`: since when. */
  queued_at?: string;
  why: Why;
}

/** One capture of a tender. Amounts are minor units. */
export interface Capture {
  /** Minor units. */
  amount_minor: number;
  /** Reference by which it is refunded. */
  capture_token?: string;
  /** Minor units that were refunded. */
  refunded_minor: number;
}

/** One capture of a tender. */
export interface CaptureInput {
  /** Minor units. */
  amount_minor: number;
  /** Reference by which it is refunded. */
  capture_token?: string | null;
  /** Minor units that were refunded. */
  refunded_minor?: number;
}

/** Where an order was made. */
export type Channel = "store" | "online" | "call_center" | (string & {});

/** Why: stable, never used for something else (docs/outcomes.md). Decide by it, never by a sentence. */
export type Code = "approved" | "done" | "declined" | "cancelled" | "failed" | "in_doubt" | "not_in_doubt" | "evidence_changed" | "card_declined" | "insufficient_funds" | "expired_card" | "card_not_readable" | "card_not_accepted" | "card_blocked" | "wrong_pin" | "pin_tries_exceeded" | "amount_not_allowed" | "authentication_needed" | "fraud_suspected" | "rejected_by_customer" | "card_type_unknown" | "card_not_tokenizable" | "card_token_not_readable" | "currency_not_accepted" | "host_unreachable" | "reservation_unknown" | "already_reversed" | "reversal_not_possible" | "terminal_busy" | "terminal_locked" | "terminal_in_doubt" | "totals_differ" | "terminal_leased" | "no_terminal_free" | "terminal_not_ready" | "terminal_unreachable" | "terminal_unknown" | "not_carried_out" | "not_supported" | "printer_not_ready" | "processor_unreachable" | "processor_answer_unexpected" | "payment_data_invalid" | "signature_wrong" | "no_route" | "merchant_account_unknown" | "tender_type_unknown" | "tender_type_not_supported" | "exceeds_floor_limit" | "awaiting_retry" | "session_expired" | "payment_unknown" | "payment_busy" | "payment_not_ready" | "payment_on_hold" | "on_hold" | "payment_ended" | "payment_already_voided" | "payment_authorized" | "payment_partially_captured" | "payment_captured" | "payment_partially_refunded" | "payment_refunded" | "void_instead" | "capture_less" | "refund_instead" | "exceeds_open_amount" | "only_whole_capture" | "exceeds_captured_amount" | "authorization_expired" | "authorization_not_renewed" | "authorization_unknown" | "authorized_amount_changed" | "capture_failed" | "void_failed" | "remainder_declined" | "rest_not_secured" | "second_card_needed" | "deposit_not_captured" | "deposit_missing" | "nothing_to_secure" | "nothing_to_write_off" | "refund_due" | "taken_back" | "not_taken_back" | "order_unknown" | "order_changed" | "order_busy" | "order_no_longer_valid" | "order_invalid" | "line_unknown" | "line_not_open" | "line_not_shipped" | "tap_unknown" | "tap_not_bindable" | "balance_due" | "tender_line_missing" | "order_already_paid" | "order_amount_not_positive" | "order_without_store" | "order_without_customer" | "order_not_payable" | "organisation_missing" | "participants_missing" | "identity_number_missing" | "contact_missing" | "email_missing" | "postal_address_missing" | "phone_number_invalid" | "customer_account_already_used" | "customer_account_wrong_sign" | "customer_account_exceeds_due" | "customer_account_not_own" | "customer_account_not_allowed" | "customer_account_credit_insufficient" | "customer_account_too_young" | "customer_account_without_mandate" | "customer_account_without_subscription" | "customer_account_invoice_unpaid" | "loyalty_points_insufficient" | "loyalty_refund_exceeds_limit" | "loyalty_card_unknown" | "loyalty_card_blocked" | "loyalty_card_not_accepted" | "loyalty_already_used" | "gift_card_currency_mismatch" | "gift_card_balance_insufficient" | "gift_card_changed" | "payment_method_missing" | "payment_method_cancelled" | "payment_method_expired" | "payment_method_failed" | "payment_method_inactive" | "subscription_inactive" | "subscription_cancelled" | "subscription_expired" | "invoice_unknown" | "invoice_incomplete" | "invoice_amount_not_positive" | "invoice_no_longer_valid" | "invoice_not_possible" | "parse_error" | "invalid_request" | "method_not_found" | "invalid_params" | "language_unknown" | "idempotency_key_reused" | "amount_out_of_range" | "currency_mismatch" | "unauthorized" | "forbidden" | "too_many_connections" | "station_stopping" | "app_unknown" | "app_name_taken" | "not_found" | "journal_unavailable" | "internal_error" | "other" | (string & {});

/** What was taken without what was given back. */
export interface CountedSide {
  /** Minor units. */
  amount_minor: number;
  /** How many, both kinds. */
  count: number;
}

/** Parameters of `deposit.take`. */
export interface DepositTakeParams {
  /** What is paid now; the rest is held. */
  deposit_minor: number;
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  order: OrderInput;
  /** May be left out when the station has one. */
  terminal?: Place | null;
}

/** Parameters of `deposit.tokenize`. */
export interface DepositTokenizeParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The order. */
  order_id: string;
  /** May be left out when the station has one. */
  terminal?: Place | null;
}

/** A description of this API in OpenRPC. */
export interface Discovered {
  /** What it describes. */
  info: Record<string, unknown>;
  /** The methods. */
  methods: unknown[];
  /** Version of OpenRPC. */
  openrpc: string;
}

/** Nothing more to say: it is done. */
export type Done = Record<string, unknown>;

/** What a person needs who has to say how an operation ended. */
export interface Doubt {
  /** Minor units. */
  amount_minor: number | null;
  /** What was asked. */
  asked: string;
  /** ISO 4217, such as NOK. */
  currency: string | null;
  /** For `operation.resolve`: names what was shown. */
  evidence: string;
  /** How often it was asked in vain how it ended. */
  inquiries: number;
  /** Nobody waits for it any more. */
  is_parked: boolean;
  /** Of a terminal: its last transaction as it told it last. */
  last_transaction: Transaction | null;
  /** The merchant account that was asked, if it was one. */
  merchant_account?: string;
  /** The terminal that was asked, if it was one. */
  terminal?: string;
  /** Of a terminal: its last transaction before this one. */
  transaction_before: Transaction | null;
}

/** How many were waiting for a tap. */
export interface EndedReads {
  /** How many were waiting. */
  ended: number;
}

/** What an app can act on when a request is not carried out. Nothing was sent to a terminal or processor. Amounts are minor units. */
export interface ErrorData {
  /** The app that has the terminal. */
  app?: string;
  /** What was authorized for it. */
  authorized_minor?: number;
  /** What is left, where an amount was too large. */
  available_minor?: number;
  code: Code;
  /** A sentence that the customer may see: nothing about how the shop works inside. */
  customer_message: string;
  /** The parameter that is wrong, as a path. */
  field?: string;
  /** The operation that is in the way. */
  holder?: string;
  /** The role that would do. */
  needs?: Role;
  next_action: NextAction;
  /** The order's version here. */
  order_version?: number;
  /** What is wrong, in English, for developers. */
  problem?: string;
  refs: Refs;
  retry_safety: RetrySafety;
  /** Whether the same request can succeed later. */
  retryable: boolean;
  /** What the order costs. */
  total_minor?: number;
  /** Until when it has it, if it has an end. */
  until?: string;
}

/** Parameters of `events.subscribe`. */
export interface EventsSubscribeParams {
  /** The place of the last event that the app has; only new ones when absent. */
  after?: number | null;
}

/** What a person has found out about an operation in doubt. */
export type Finding = "carried_out" | "not_carried_out" | (string & {});

/** Orders that fit, or the work list when `attention` was asked for. */
export type FoundOrders = {
  /** Whether there are more. */
  more: boolean;
  /** The orders. */
  orders: OrderHit[];
} | {
  /** The payments. */
  attention: Attention[];
  /** Whether there are more. */
  more: boolean;
};

/** How a line reaches the customer. */
export type Fulfilment = "carry_out" | "pickup" | "ship" | (string & {});

/** A code of OnlineFundraising with the state that goes with it. */
export interface FundraisingRef {
  /** Stable name. */
  code: string;
  /** In that system's own spelling. */
  state: string | null;
}

/** How the station is. */
export interface Health {
  /** `ok`, or what is wrong with the clock. */
  clock: string;
  /** Operations whose end is not known yet. */
  in_doubt: string[];
  /** `ok`, or what is wrong with the journal. */
  journal: string;
  /** How many captures wait for their processor. */
  queued: number;
  /** The contactless readers. */
  readers: Reader[];
  /** How many operations are at work. */
  running: number;
  state: HealthState;
  /** The terminals. */
  terminals: Terminal[];
}

/** In one word. */
export type HealthState = "ok" | "degraded" | "failed" | (string & {});

/** The code by which an app pairs. */
export interface Invited {
  /** For `session.pair`; good once. */
  code: string;
  /** When it ends. */
  expires_at: string;
}

/** A terminal that an app has for itself. */
export interface Lease {
  /** The app that had it, where it was taken over. */
  taken_from: string | null;
  /** Name of the terminal. */
  terminal: string;
  /** Until when. */
  until: string;
}

/** Where a line is. */
export type LineState = "open" | "fulfilled" | "cancelled" | (string & {});

/** One thing that was held against a reader, as everybody may know it. */
export interface Medium {
  /** Whose it is, by `nfc.bind`. */
  customer_reference?: string;
  /** It was taken away too early. */
  interrupted: boolean;
  kind: MediumKind;
  /** It is recognised when it comes again. */
  lasting: boolean;
}

/** What was held against a contactless reader: a card, phone or watch that pays, or a tag. */
export type MediumKind = "payment_card" | "tag" | (string & {});

/** One thing that was held against a reader, with what it says, for the app that asked. */
export interface MediumRead {
  /** Whose it is, by `nfc.bind`. */
  customer_reference?: string;
  /** It was taken away too early. */
  interrupted: boolean;
  kind: MediumKind;
  /** It is recognised when it comes again. */
  lasting: boolean;
  /** Texts that it holds. */
  texts?: string[];
  /** Of a tag: its identifier. */
  uid?: string;
  /** Addresses that it holds. */
  uris?: string[];
}

/** What the cashier should do. Treat one that you do not know as `call_support`. */
export type NextAction = "none" | "fix_request" | "retry" | "other_card" | "other_tender" | "ask_customer" | "void_instead" | "capture_less" | "refund_instead" | "reload" | "wait" | "take_balance" | "call_support" | (string & {});

/** Parameters of `nfc.abort`. */
export interface NfcAbortParams {
  /** May be left out when the station has one. */
  reader?: string | null;
}

/** Parameters of `nfc.bind`. */
export interface NfcBindParams {
  /** Must be there; `null` says nobody's. */
  customer_reference: string | null;
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** From `nfc.read` or the event `nfc_tapped`. */
  tap: string;
}

/** Parameters of `nfc.read`. */
export interface NfcReadParams {
  /** May be left out when the station has one. */
  reader?: string | null;
  /** How long to wait, milliseconds; 30000 without it. */
  timeout_ms?: number | null;
}

/** A contactless reader is ready. */
export interface NfcReaderConnectedEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "nfc_reader_connected";
  /** Name of the contactless reader. */
  reader: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** A contactless reader is not there, or what drives it has failed. */
export interface NfcReaderDisconnectedEvent {
  /** When. */
  at: string;
  /** Why, for a technician. */
  cause: string;
  /** Which event it is. */
  event: "nfc_reader_disconnected";
  /** Name of the contactless reader. */
  reader: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** Something was held against a contactless reader. */
export interface NfcTappedEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "nfc_tapped";
  /** Each thing that was held there. */
  media: Medium[];
  /** Name of the contactless reader. */
  reader: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** For `order.find` and `nfc.bind`. */
  tap: string;
}

/** How an operation stands. */
export interface Operation {
  /** While it is in doubt. */
  doubt?: Doubt;
  /** The method that was called. */
  method: string;
  /** The operation; also the support reference. */
  operation_id: string;
  /** Once it has ended, or is in doubt. */
  result?: OperationResult;
  /** When it began. */
  started_at: string;
  state: OperationState;
}

/** An operation ended. */
export interface OperationFinishedEvent {
  /** When. */
  at: string;
  /** Why, when it is not plainly approved. */
  code: Code | null;
  /** Which event it is. */
  event: "operation_finished";
  /** The operation; also the support reference. */
  operation_id: string;
  outcome: Outcome;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** Parameters of `operation.get`. */
export interface OperationGetParams {
  /** The app's own name for the operation. */
  idempotency_key?: string | null;
  /** The operation; also the support reference. */
  operation_id?: string | null;
}

/** The last step of an operation may have happened; the station is finding out. */
export interface OperationInDoubtEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "operation_in_doubt";
  /** The operation; also the support reference. */
  operation_id: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** The terminal that is asked, if it is one. */
  terminal: string | null;
}

/** Parameters of `operation.park`. */
export interface OperationParkParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The operation; also the support reference. */
  operation_id: string;
  /** Why. */
  reason: string;
}

/** Nobody waits for an operation any more; the station still finds out how it ended. */
export interface OperationParkedEvent {
  /** When. */
  at: string;
  /** The app that said it. */
  by: string;
  /** Which event it is. */
  event: "operation_parked";
  /** The operation; also the support reference. */
  operation_id: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** Parameters of `operation.resolve`. */
export interface OperationResolveParams {
  /** From `operation.get`, as it was shown. */
  evidence: string;
  /** What a person has found out about an operation in doubt. */
  finding: "carried_out" | "not_carried_out";
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The operation; also the support reference. */
  operation_id: string;
  /** Why, and who says so; it stays in the journal. */
  reason: string;
}

/** A person has said how the last step of an operation ended. */
export interface OperationResolvedEvent {
  /** When. */
  at: string;
  /** The app that said it. */
  by: string;
  /** Which event it is. */
  event: "operation_resolved";
  finding: Finding;
  /** The operation; also the support reference. */
  operation_id: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** How an operation ended, in words and numbers. */
export interface OperationResult {
  /** What is still to be paid before the goods may go, minor units. */
  balance_due_minor?: number;
  /** What was taken now, minor units. */
  captured_minor?: number;
  code: Code;
  /** Of the amounts. */
  currency?: string;
  /** A sentence that the customer may see: nothing about how the shop works inside. */
  customer_message: string;
  /** A sentence for the cashier, in the language of the session. */
  message: string;
  next_action: NextAction;
  /** Support reference. */
  operation_id: string;
  /** The order, as it stood at the end. */
  order?: OrderVersion;
  outcome: Outcome;
  /** The payments that it touched, as `payment.get` gives them; absent while in doubt. */
  payments?: Payment[];
  /** What is taken when the processor is back, minor units (docs/offline.md). */
  queued_minor?: number;
  /** What the terminal printed, card numbers masked. */
  receipts?: Receipt[];
  /** Of an end of day: what the terminal and the journal count. */
  reconciliation?: Reconciliation;
  refs: Refs;
  /** What could not be given back yet, minor units. */
  refund_due_minor?: number;
  /** What was given back now, minor units. */
  refunded_minor?: number;
  retry_safety: RetrySafety;
  /** Whether the same request can succeed later. */
  retryable: boolean;
  /** What is held for later, minor units. */
  secured_minor?: number;
  /** Tenders that could not be captured from here. */
  skipped?: SkippedTender[];
  /** How a deposit was secured. */
  strategy?: Strategy;
}

/** An operation began. */
export interface OperationStartedEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "operation_started";
  /** The method that was called. */
  method: string;
  /** The operation; also the support reference. */
  operation_id: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
}

/** Where an operation is. */
export type OperationState = "running" | "in_doubt" | "finished" | (string & {});

/** An order, in the form in which `order.put` takes it. */
export interface Order {
  channel: Channel;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** Whose it is, as the shop knows its customers. */
  customer_reference?: string;
  /** What was to be paid when it was made, minor units. */
  deposit_minor: number;
  /** What a store kept of the deposit for cancelled lines, minor units. */
  kept_minor?: number;
  /** Lines of the order, by their `line_id`. */
  lines: OrderLine[];
  /** The order. */
  order_id: string;
  /** The last six digits, which are all that is kept. */
  phone?: string;
  /** When it was made. */
  placed_at?: string;
  /** Of a loyalty card, a pickup slip or anything else that is scanned or tapped. */
  tags?: string[];
  /** Its payments, in the sequence in which they are used. */
  tenders: Tender[];
  /** What the lines that are not cancelled cost together, minor units. */
  total_minor: number;
  /** Grows with every change, here or elsewhere. */
  version: number;
  /** What the customer need not pay of it: given back for goods that are gone, or written off. */
  waived_minor?: number;
}

/** Parameters of `order.cancel`. */
export interface OrderCancelParams {
  /** What becomes of the deposit's share of the lines. */
  deposit: "refund" | "keep";
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** All that wait when absent. */
  lines?: string[] | null;
  /** The order. */
  order_id: string;
  /** Version of the order. */
  order_version: number;
}

/** An order changed. */
export interface OrderChangedEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "order_changed";
  /** The order. */
  order_id: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** Its version now. */
  version: number;
}

/** Parameters of `order.find`. */
export interface OrderFindParams {
  /** The work list instead of a search. */
  attention?: boolean;
  /** With `date`: a masked number, or its last four digits. */
  card?: string | null;
  /** Equal ones. */
  customer_reference?: string | null;
  /** Only those placed on that day, such as `2026-11-22`. */
  date?: string | null;
  /** At most so many; 20 without it. */
  limit?: number | null;
  /** The order. */
  order_id?: string | null;
  /** Orders with a tender of that card account. */
  par?: string | null;
  /** At least the last four digits. */
  phone?: string | null;
  /** Orders with that tag. */
  tag?: string | null;
  /** Orders of what was held against a contactless reader. */
  tap?: string | null;
  /** With `attention`: authorizations that end within so many days; 3 without it. */
  within_days?: number | null;
}

/** Parameters of `order.get`. */
export interface OrderGetParams {
  /** With tokens the answer is exactly what `order.put` of another store takes. */
  include_tokens?: boolean;
  /** The order. */
  order_id: string;
}

/** An order that was found. No token and no phone number is told. Amounts are minor units. */
export interface OrderHit {
  channel: Channel;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** Whose it is, as the shop knows its customers. */
  customer_reference?: string;
  /** How many lines it has. */
  lines: number;
  /** How many of them wait. */
  lines_open: number;
  /** The order. */
  order_id: string;
  /** Minor units that were paid. */
  paid_minor: number;
  /** When it was made, or first came here. */
  placed_at: string;
  /** What its tenders hold and can be captured from here. */
  secured_minor: number;
  status: OrderStatus;
  /** Minor units that the lines cost together. */
  total_minor: number;
  /** Version of the order. */
  version: number;
}

/** An order, as `order.put` takes it and `order.get` gives it. */
export interface OrderInput {
  /** Where it was made; `store` without it. */
  channel?: "store" | "online" | "call_center";
  /** ISO 4217, such as NOK. */
  currency: string;
  /** Whose it is, as the shop knows its customers. */
  customer_reference?: string | null;
  /** What was to be paid when it was made. */
  deposit_minor?: number;
  /** What a store kept of the deposit for cancelled lines. */
  kept_minor?: number;
  /** At least one. */
  lines: OrderLineInput[];
  /** The order. */
  order_id: string;
  /** Written in any way; the last six digits are kept. */
  phone?: string | null;
  /** When it was made. */
  placed_at?: string | null;
  /** Up to 8: of a loyalty card, a pickup slip or anything else that is scanned or tapped. */
  tags?: string[];
  /** Its payments, in the sequence in which they are used. */
  tenders?: TenderInput[];
  /** What the lines cost together, for whoever wants that checked. */
  total_minor?: number | null;
  /** Grows with every change, here or elsewhere; at most 4294967295. */
  version?: number;
  /** What the customer need not pay of it: given back for goods that are gone, or written off. */
  waived_minor?: number;
}

/** One line of an order. */
export interface OrderLine {
  /** Minor units. */
  amount_minor: number;
  /** For people. */
  description?: string;
  fulfilment: Fulfilment;
  /** Its name within the order. */
  line_id: string;
  state: LineState;
  /** Where it is fetched. */
  store?: string;
}

/** One line of an order. */
export interface OrderLineInput {
  /** Minor units. */
  amount_minor: number;
  /** For people. */
  description?: string | null;
  /** How it reaches the customer; `pickup` without it. */
  fulfilment?: "carry_out" | "pickup" | "ship";
  /** Its name within the order. */
  line_id: string;
  /** Where it is; `open` without it. */
  state?: "open" | "fulfilled" | "cancelled";
  /** Where it is fetched. */
  store?: string | null;
}

/** Parameters of `order.put`. */
export interface OrderPutParams {
  /** The app's own name for the operation. */
  idempotency_key?: string | null;
  order: OrderInput;
}

/** Parameters of `order.ship`. */
export interface OrderShipParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** Lines of the order, by their `line_id`. */
  lines: string[];
  /** The order. */
  order_id: string;
  /** Version of the order. */
  order_version: number;
}

/** How far an order is: `waiting` (nothing was handed over yet), `partly_done`, `done`, `cancelled`, `busy` (an operation is at work on it). */
export type OrderStatus = "busy" | "waiting" | "partly_done" | "done" | "cancelled" | (string & {});

/** An order at a version. */
export interface OrderVersion {
  /** The order. */
  order_id: string;
  /** Version of the order. */
  version: number;
}

/** How an operation ended; `in_doubt` means that it may have happened: do not take it again, the end comes as an event. */
export type Outcome = "approved" | "declined" | "cancelled" | "failed" | "in_doubt" | (string & {});

/** The key of an app that has paired. */
export interface Paired {
  /** Name of an app. */
  app: string;
  /** For people to compare with what the station shows. */
  check_word: string;
  /** To be kept as a password is. It is told this once. */
  key: string;
  role: Role;
}

/** A payment without its tokens. Amounts are minor units. */
export interface Payment {
  /** What may be done with it now. */
  actions: Action[];
  /** As on the receipt. */
  authorization_code: string | null;
  /** When the authorization was given. */
  authorized_at: string | null;
  /** Minor units that were authorized. */
  authorized_minor: number;
  /** Of the card, such as Visa. */
  brand: string | null;
  /** Minor units that were captured. */
  captured_minor: number;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** When the authorization ends. */
  expires_at: string | null;
  /** Whether a reusable token of the card is kept. */
  has_card_token: boolean;
  /** At most the first six and the last four digits. */
  masked_pan: string | null;
  /** The merchant account that takes it. */
  merchant_account: string | null;
  /** The order that it belongs to. */
  order_id: string | null;
  /** The payment. */
  payment_id: string;
  /** What waits to be captured when the processor is back. */
  queued_minor: number;
  /** As on the receipt. */
  receipt_number: string | null;
  /** Minor units that were refunded. */
  refunded_minor: number;
  /** The payment that ended and that this one was made for. */
  replaces: string | null;
  status: PaymentStatus;
  /** As on the receipt. */
  terminal_id: string | null;
  /** As on the receipt. */
  trace_number: string | null;
  /** What was promised and could not be captured. */
  uncaptured_minor: number;
  /** Minor units that were voided. */
  voided_minor: number;
}

/** Parameters of `payment.authorize`. */
export interface PaymentAuthorizeParams {
  /** Minor units. */
  amount_minor: number;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** What is paid: a basket, a receipt. */
  reference?: string | null;
  /** May be left out when the station has one. */
  terminal?: Place | null;
  /** Keep a reusable token of the card. */
  tokenize?: boolean;
}

/** Parameters of `payment.capture`. */
export interface PaymentCaptureParams {
  /** Minor units. */
  amount_minor?: number | null;
  /** Must be there with `amount_minor`. */
  currency?: string | null;
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The payment. */
  payment_id: string;
}

/** A payment's counters or standing changed. Amounts are minor units. */
export interface PaymentChangedEvent {
  /** When. */
  at: string;
  /** Minor units that were authorized. */
  authorized_minor: number;
  /** Minor units that were captured. */
  captured_minor: number;
  /** Which event it is. */
  event: "payment_changed";
  /** The payment. */
  payment_id: string;
  /** What waits to be captured when the processor is back. */
  queued_minor: number;
  /** Minor units that were refunded. */
  refunded_minor: number;
  /** Its place; without gaps, kept for ever. */
  seq: number;
  status: PaymentStatus;
  /** Minor units that were voided. */
  voided_minor: number;
}

/** Parameters of `payment.get`. */
export interface PaymentGetParams {
  /** The payment. */
  payment_id: string;
}

/** Parameters of `payment.refund`. */
export interface PaymentRefundParams {
  /** Minor units. */
  amount_minor?: number | null;
  /** Must be there with `amount_minor`. */
  currency?: string | null;
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The payment. */
  payment_id: string;
}

/** The processor has decided about a payment that it reviewed by hand. */
export interface PaymentReviewedEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "payment_reviewed";
  /** The payment. */
  payment_id: string;
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** `authorized` or `rejected`. */
  status: PaymentStatus;
}

/** Parameters of `payment.sale`. */
export interface PaymentSaleParams {
  /** Minor units. */
  amount_minor: number;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** What is paid: a basket, a receipt. */
  reference?: string | null;
  /** May be left out when the station has one. */
  terminal?: Place | null;
  /** Keep a reusable token of the card. */
  tokenize?: boolean;
}

/** It follows from what was authorized, captured, voided and refunded. */
export type PaymentStatus = "initialized" | "on_hold" | "authorized" | "partially_captured" | "captured" | "authorization_voided" | "partially_refunded" | "refunded" | "rejected" | "failed" | (string & {});

/** Parameters of `payment.void`. */
export interface PaymentVoidParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The payment. */
  payment_id: string;
}

/** Parameters of `payment.write_off`. */
export interface PaymentWriteOffParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The payment. */
  payment_id: string;
  /** Why, and who says so; it stays in the journal. */
  reason: string;
}

/** Parameters of `pickup.capture`. */
export interface PickupCaptureParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** The lines that are handed over; without any, what is missing for those that are gone is taken. */
  lines: string[];
  /** The order. */
  order_id: string;
  /** The version that the app has seen. */
  order_version: number;
  /** May be left out when the station has one. */
  terminal?: Place | null;
  /** Who pays: the order's own tenders, in sequence, or another card at `terminal`. */
  use: "available" | "other";
}

/** Parameters of `pickup.quote`. */
export interface PickupQuoteParams {
  /** All that wait without them. */
  lines?: string[];
  /** The order. */
  order_id: string;
}

/** A terminal by its name, or whichever is free of a pool. */
export type Place = string | {
  /** Whichever terminal of this pool is free. */
  pool: string;
};

/** What the terminal shows. */
export type Prompt = "present_card" | "enter_pin" | "wrong_pin" | "confirm" | "processing" | "remove_card" | "approved" | "declined" | "reversing" | "other" | (string & {});

/** What some lines of an order cost now. Amounts are minor units. */
export interface Quote {
  /** What neither is paid nor can be captured. */
  balance_minor: number;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** What the lines cost, less what was paid for them. */
  due_minor: number;
  /** The lines that it is about. */
  lines: string[];
  /** For `pickup.capture`. */
  order_version: number;
  /** What was paid on the order. */
  paid_minor: number;
  /** What waits to be captured. */
  queued_minor: number;
  /** The payments that hold it, in the sequence in which they are captured. */
  secured_by: SecuredBy[];
  /** What can be captured from here for it. */
  secured_minor: number;
  /** Tenders that cannot be captured from here. */
  unusable: SkippedTender[];
}

/** A contactless reader. */
export interface Reader {
  /** Why it is not, for a technician. */
  cause: string | null;
  /** Whether it is ready. */
  connected: boolean;
  /** What it calls itself, once it is. */
  name: string | null;
  /** Name of the contactless reader. */
  reader: string;
}

/** A printed receipt, card numbers masked. */
export interface Receipt {
  kind: ReceiptKind;
  /** Lines, without layout. */
  lines: string[];
}

/** For whom a receipt is. */
export type ReceiptKind = "merchant" | "customer" | "administration" | "unknown" | (string & {});

/** A group of cards. */
export interface ReconciledGroup {
  /** Whether both sides say the same. */
  agrees: boolean;
  /** As the terminal calls it. */
  group: string;
  journal: CountedSide;
  terminal: CountedSide;
}

/** What a terminal and the journal count. Amounts are minor units. */
export interface Reconciliation {
  /** Whether both sides say the same in every group. */
  agrees: boolean;
  /** Whether the batch is closed now; otherwise it was only asked for. */
  closed: boolean;
  /** ISO 4217, such as NOK. */
  currency: string;
  /** First receipt number of the batch, as the terminal told it. */
  first_receipt: string | null;
  /** By group of cards; those with nothing on either side are left out. */
  groups: ReconciledGroup[];
  /** Last receipt number of the batch. */
  last_receipt: string | null;
  /** Payments each of which would explain the difference of its group alone. */
  likely: string[];
  /** Payments that are counted here and whose receipt numbers are not in the batch. */
  not_at_terminal: string[];
  /** Receipt numbers of the batch that the journal does not know. */
  not_in_journal: string[];
  /** Name of the terminal. */
  terminal: string;
}

/** The code that fits best in each other system that has one. */
export interface Refs {
  /** BRP. */
  brp?: string;
  /** Dynamics 365 Commerce. */
  d365?: string;
  /** Dintero. */
  dintero?: string;
  /** OnlineFundraising. */
  onlinefundraising?: FundraisingRef;
}

/** Whether there was anything to give back. */
export interface Released {
  /** Whether this app had it. */
  released: boolean;
}

/** Whether asking again can do harm: `safe` (nothing has happened), `ask_first` (ask how it stands before another attempt), `never` (it has happened, or would be refused again). */
export type RetrySafety = "safe" | "ask_first" | "never" | (string & {});

/** What an app may do; each may do what those before it may. */
export type Role = "cashier" | "supervisor" | "technician" | (string & {});

/** Parameters of `rpc.discover`. */
export type RpcDiscoverParams = Record<string, never>;

/** A payment that secures lines of an order. */
export interface SecuredBy {
  /** When it ends. */
  expires_at: string | null;
  /** At most the first six and the last four digits. */
  masked_pan: string | null;
  /** What it still holds, minor units. */
  open_minor: number;
  /** The payment. */
  payment_id: string;
}

/** Parameters of `session.hello`. */
export interface SessionHelloParams {
  /** From `session.pair`. Once it was shown, another language needs none. */
  key?: string | null;
  /** For sentences: `en`, `nb`, `da`, `sv`, `lt`, `de`. That of the station without it. */
  language?: string | null;
}

/** Parameters of `session.pair`. */
export interface SessionPairParams {
  /** As `posd pair` shows it. */
  code: string;
}

/** A tender that cannot be captured from here, and why. */
export interface SkippedTender {
  code: Code;
  /** The payment. */
  payment_id: string;
}

/** Parameters of `station.health`. */
export type StationHealthParams = Record<string, never>;

/** What a station is. */
export interface StationInfo {
  /** Its name. */
  station: string;
  /** Its terminals. */
  terminals: string[];
  /** Version of the program. */
  version: string;
}

/** Parameters of `station.info`. */
export type StationInfoParams = Record<string, never>;

/** Whether there is anything to stop; how it ends tells the operation. */
export interface Stopping {
  /** The operation that was told to stop. */
  operation_id: string | null;
  /** Whether there was anything to stop. */
  stopping: boolean;
}

/** How a deposit was secured (docs/deposit.md). */
export type Strategy = "paid_in_full" | "single_authorization" | "token_authorization" | "second_card" | (string & {});

/** Where the events begin. */
export interface Subscribed {
  /** `seq` of the last event there is. */
  last_seq: number;
  /** How many come first that were missed. */
  replaying: number;
}

/** What was held against a reader. */
export type TapResult = {
  /** Each thing that was held there. */
  media: MediumRead[];
  /** How it ended. */
  outcome: "tapped";
  /** Name of the contactless reader. */
  reader: string;
  /** For `order.find` and `nfc.bind`. */
  tap: string;
} | {
  /** How it ended. */
  outcome: "aborted";
} | {
  /** How it ended. */
  outcome: "timed_out";
};

/** A tender of an order: all that another store needs to go on with its payment. Tokens are told only with `include_tokens`. Amounts are minor units. */
export interface Tender {
  /** Reference to the authorization. */
  auth_token?: string;
  /** When the authorization was given. */
  authorized_at?: string;
  /** Minor units that were authorized. */
  authorized_minor: number;
  /** Of the card, such as Visa. */
  brand?: string;
  /** Minor units that were captured. */
  captured_minor: number;
  /** Each capture, with the reference by which it is refunded. */
  captures?: Capture[];
  /** Reusable reference to the card. */
  card_token?: string;
  /** As the configuration names it. */
  card_type?: string;
  /** When the authorization ends. */
  expires_at?: string;
  /** How much of `voided_minor` was still held when the authorization ended. */
  lapsed_minor?: number;
  /** At most the first six and the last four digits. */
  masked_pan?: string;
  /** As the configuration names it. */
  merchant_account?: string;
  /** The processor reviews it by hand. */
  on_hold?: boolean;
  /** Payment account reference: the same for a card and for the phones and watches that stand for it. */
  par?: string;
  /** The payment. */
  payment_id: string;
  /** In an order of the call centre only those that are marked pay. */
  prepayment: boolean;
  /** What this store has promised of it and waits to be captured. */
  queued_minor?: number;
  /** Minor units that were refunded. */
  refunded_minor: number;
  /** The payment that ended and that this one was made for. */
  replaces?: string;
  /** As the configuration names it. */
  tender_type?: string;
  /** Numbers on the receipt of the terminal that made it. */
  terminal?: TenderTerminal;
  /** Minor units that were voided. */
  voided_minor: number;
}

/** A tender of an order: its payment, with all that another store has to know of it. Amounts are minor units. */
export interface TenderInput {
  /** Reference to the authorization; must be there when money is held. */
  auth_token?: string | null;
  /** When the authorization was given. */
  authorized_at?: string | null;
  /** Minor units that were authorized. */
  authorized_minor?: number;
  /** Of the card, such as Visa. */
  brand?: string | null;
  /** Minor units that were captured. */
  captured_minor?: number;
  /** Each capture with its own reference; one of all that was captured when absent. */
  captures?: CaptureInput[] | null;
  /** Reusable reference to the card. */
  card_token?: string | null;
  /** As the configuration names it. */
  card_type?: string | null;
  /** When the authorization ends. */
  expires_at?: string | null;
  /** How much of `voided_minor` was still held when the authorization ended. */
  lapsed_minor?: number;
  /** At most the first six and the last four digits. */
  masked_pan?: string | null;
  /** As the configuration names it. */
  merchant_account?: string | null;
  /** The processor reviews it by hand. */
  on_hold?: boolean;
  /** Payment account reference: 29 capital letters and digits. */
  par?: string | null;
  /** The payment. */
  payment_id?: string | null;
  /** In an order of the call centre only those that are marked pay. */
  prepayment?: boolean;
  /** What another store has promised of it. */
  queued_minor?: number;
  /** Minor units that were refunded. */
  refunded_minor?: number;
  /** The payment that ended and that this one was made for. */
  replaces?: string | null;
  /** As the configuration names it. */
  tender_type?: string | null;
  /** The terminal transaction that made it. */
  terminal?: TenderTerminalInput | null;
  /** Minor units that were voided. */
  voided_minor?: number;
}

/** Numbers on the receipt of the terminal that made a tender. */
export interface TenderTerminal {
  /** As on the receipt. */
  authorization_code?: string;
  /** As the terminal writes it. */
  date?: string;
  /** As on the receipt. */
  merchant_id?: string;
  /** As on the receipt. */
  receipt_number?: string;
  /** As on the receipt. */
  terminal_id?: string;
  /** As the terminal writes it. */
  time?: string;
  /** As on the receipt. */
  trace_number?: string;
}

/** Numbers on the receipt of the terminal that made a tender. */
export interface TenderTerminalInput {
  /** As on the receipt. */
  authorization_code?: string | null;
  /** As the terminal writes it. */
  date?: string | null;
  /** As on the receipt. */
  merchant_id?: string | null;
  /** As on the receipt. */
  receipt_number?: string | null;
  /** As on the receipt. */
  terminal_id?: string | null;
  /** As the terminal writes it. */
  time?: string | null;
  /** As on the receipt. */
  trace_number?: string | null;
}

/** A terminal. */
export interface Terminal {
  /** Why not, for a technician. */
  cause: string | null;
  /** Whether the line is up and the terminal has answered. */
  connected: boolean;
  /** The one currency that it takes. */
  currency: string;
  /** The app that has it between operations. */
  leased_to: string | null;
  /** Until when. */
  leased_until: string | null;
  /** The operation that has it. */
  operation_id: string | null;
  /** Name of the terminal. */
  terminal: string;
}

/** Parameters of `terminal.abort`. */
export interface TerminalAbortParams {
  /** May be left out when the station has one. */
  terminal?: string | null;
}

/** Parameters of `terminal.acquire`. */
export interface TerminalAcquireParams {
  /** Take it over from another app. */
  override?: boolean;
  /** May be left out when the station has one. */
  terminal?: Place | null;
  /** Seconds that the lease lasts after each use, 1 to 3600; 120 without it. */
  ttl_s?: number | null;
}

/** The line to a terminal is up and the terminal is idle. */
export interface TerminalConnectedEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "terminal_connected";
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** Name of the terminal. */
  terminal: string;
}

/** The line to a terminal is down. */
export interface TerminalDisconnectedEvent {
  /** When. */
  at: string;
  /** Why, for a technician. */
  cause: string;
  /** Which event it is. */
  event: "terminal_disconnected";
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** Name of the terminal. */
  terminal: string;
}

/** An app has a terminal for itself. */
export interface TerminalLeasedEvent {
  /** Name of an app. */
  app: string;
  /** When. */
  at: string;
  /** Which event it is. */
  event: "terminal_leased";
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** The app that it was taken from. */
  taken_from: string | null;
  /** Name of the terminal. */
  terminal: string;
}

/** Parameters of `terminal.list`. */
export type TerminalListParams = Record<string, never>;

/** The terminal shows something that the cashier should know. */
export interface TerminalPromptEvent {
  /** When. */
  at: string;
  /** Which event it is. */
  event: "terminal_prompt";
  /** The operation; also the support reference. */
  operation_id: string;
  prompt: Prompt;
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** Name of the terminal. */
  terminal: string;
  /** The terminal's own text. */
  text: string | null;
}

/** Parameters of `terminal.reconcile`. */
export interface TerminalReconcileParams {
  /** Made by the app, one for each intent, and kept before it asks. */
  idempotency_key: string;
  /** May be left out when the station has one. */
  terminal?: string | null;
}

/** Parameters of `terminal.release`. */
export interface TerminalReleaseParams {
  /** May be left out when the station has one. */
  terminal?: string | null;
}

/** An app has given a terminal back. */
export interface TerminalReleasedEvent {
  /** Name of an app. */
  app: string;
  /** When. */
  at: string;
  /** Which event it is. */
  event: "terminal_released";
  /** Its place; without gaps, kept for ever. */
  seq: number;
  /** Name of the terminal. */
  terminal: string;
}

/** Parameters of `terminal.totals`. */
export interface TerminalTotalsParams {
  /** May be left out when the station has one. */
  terminal?: string | null;
}

/** The terminals. */
export interface Terminals {
  /** The terminals. */
  terminals: Terminal[];
}

/** A transaction of a terminal, as on its receipt. */
export interface Transaction {
  /** As the terminal writes it. */
  date: string | null;
  /** As on the receipt. */
  receipt_number: string | null;
  /** As the terminal writes it. */
  time: string | null;
  /** As on the receipt. */
  trace_number: string | null;
}

/** Who the app is, and at which station. */
export interface Welcome {
  /** Name of an app. */
  app: string;
  role: Role;
  /** Its name. */
  station: string;
  /** Its terminals. */
  terminals: string[];
  /** Version of the program. */
  version: string;
}

/** Why somebody should look at a payment. */
export type Why = "expiring" | "queued" | "capture_failed" | "on_hold" | (string & {});

/** What each method takes and gives. */
export interface Methods {
  /** Gives an invited app its key, once. */
  "session.pair": { params: SessionPairParams; result: Paired };
  /** Shows the key of the app, first on every connection, and chooses the language. */
  "session.hello": { params: SessionHelloParams; result: Welcome };
  /** Tells which station this is. */
  "station.info": { params: StationInfoParams; result: StationInfo };
  /** Tells how the station is. */
  "station.health": { params: StationHealthParams; result: Health };
  /** Lists the terminals and who works with them. */
  "terminal.list": { params: TerminalListParams; result: Terminals };
  /** Stops what a terminal is doing: the operation ends `cancelled` or, too late, `approved`. A cashier's app stops only what it has asked for itself. */
  "terminal.abort": { params: TerminalAbortParams; result: Stopping };
  /** Takes a terminal for this app alone, or keeps it longer. */
  "terminal.acquire": { params: TerminalAcquireParams; result: Lease };
  /** Gives a terminal back. */
  "terminal.release": { params: TerminalReleaseParams; result: Released };
  /** Asks a terminal what its open batch holds, and compares it with the journal. Closes nothing. */
  "terminal.totals": { params: TerminalTotalsParams; result: OperationResult };
  /** Closes a terminal's batch (end of day), and compares it with the journal. */
  "terminal.reconcile": { params: TerminalReconcileParams; result: OperationResult };
  /** Takes money from a card. */
  "payment.sale": { params: PaymentSaleParams; result: OperationResult };
  /** Holds money on a card. */
  "payment.authorize": { params: PaymentAuthorizeParams; result: OperationResult };
  /** Takes held money, all of it without an amount. */
  "payment.capture": { params: PaymentCaptureParams; result: OperationResult };
  /** Releases what is held. */
  "payment.void": { params: PaymentVoidParams; result: OperationResult };
  /** Gives taken money back, all of it without an amount. */
  "payment.refund": { params: PaymentRefundParams; result: OperationResult };
  /** Expects no more what was promised and could not be captured. Moves no money. */
  "payment.write_off": { params: PaymentWriteOffParams; result: OperationResult };
  /** Tells how a payment stands and what may be done with it. */
  "payment.get": { params: PaymentGetParams; result: Payment };
  /** Takes a deposit and secures the rest of the order with one card presentation. */
  "deposit.take": { params: DepositTakeParams; result: OperationResult };
  /** Secures the rest of an order whose deposit stands with another card. */
  "deposit.tokenize": { params: DepositTokenizeParams; result: OperationResult };
  /** Stores an order that was made anywhere, or a newer version of it. */
  "order.put": { params: OrderPutParams; result: OperationResult };
  /** Gives an order as `order.put` takes it; with tokens, for another store. */
  "order.get": { params: OrderGetParams; result: Order };
  /** Finds orders by what people know of them, or lists what somebody should look at. */
  "order.find": { params: OrderFindParams; result: FoundOrders };
  /** Sends lines and takes what is due for them from the order's own tenders, in sequence. */
  "order.ship": { params: OrderShipParams; result: OperationResult };
  /** Cancels lines, and refunds or keeps the deposit's share of them. */
  "order.cancel": { params: OrderCancelParams; result: OperationResult };
  /** Tells what lines cost now, and what is secured of it. */
  "pickup.quote": { params: PickupQuoteParams; result: Quote };
  /** Hands lines over and takes what is due for them. */
  "pickup.capture": { params: PickupCaptureParams; result: OperationResult };
  /** Tells what lies on a contactless reader, or is held against it next. */
  "nfc.read": { params: NfcReadParams; result: TapResult };
  /** Ends all that wait for a tap on a reader. */
  "nfc.abort": { params: NfcAbortParams; result: EndedReads };
  /** Says whose a tag is. Moves no money. */
  "nfc.bind": { params: NfcBindParams; result: OperationResult };
  /** Tells how an operation stands, by the app's key for it or by its id. */
  "operation.get": { params: OperationGetParams; result: Operation };
  /** Takes in what a person has found out about an operation in doubt. */
  "operation.resolve": { params: OperationResolveParams; result: OperationResult };
  /** Lets the customer pay elsewhere while an operation is in doubt. */
  "operation.park": { params: OperationParkParams; result: OperationResult };
  /** Sends every event from a place on, over this connection. */
  "events.subscribe": { params: EventsSubscribeParams; result: Subscribed };
  /** Lets an app pair: gives the code that it sends. */
  "app.invite": { params: AppInviteParams; result: Invited };
  /** Lists the apps that have paired. */
  "app.list": { params: AppListParams; result: Apps };
  /** Changes what an app may do. */
  "app.set_role": { params: AppSetRoleParams; result: Done };
  /** Lets an app in no more; its connections end. */
  "app.revoke": { params: AppRevokeParams; result: Done };
  /** Gives this document (OpenRPC). */
  "rpc.discover": { params: RpcDiscoverParams; result: Discovered };
}

/** Every event that is known here, by its name. */
export interface Events {
  /** An operation began. */
  operation_started: OperationStartedEvent;
  /** The last step of an operation may have happened; the station is finding out. */
  operation_in_doubt: OperationInDoubtEvent;
  /** A person has said how the last step of an operation ended. */
  operation_resolved: OperationResolvedEvent;
  /** Nobody waits for an operation any more; the station still finds out how it ended. */
  operation_parked: OperationParkedEvent;
  /** An operation ended. */
  operation_finished: OperationFinishedEvent;
  /** A payment's counters or standing changed. Amounts are minor units. */
  payment_changed: PaymentChangedEvent;
  /** The processor has decided about a payment that it reviewed by hand. */
  payment_reviewed: PaymentReviewedEvent;
  /** An order changed. */
  order_changed: OrderChangedEvent;
  /** The terminal shows something that the cashier should know. */
  terminal_prompt: TerminalPromptEvent;
  /** The line to a terminal is up and the terminal is idle. */
  terminal_connected: TerminalConnectedEvent;
  /** The line to a terminal is down. */
  terminal_disconnected: TerminalDisconnectedEvent;
  /** An app has a terminal for itself. */
  terminal_leased: TerminalLeasedEvent;
  /** An app has given a terminal back. */
  terminal_released: TerminalReleasedEvent;
  /** An app has paired. */
  app_paired: AppPairedEvent;
  /** An app may do something else. */
  app_role_changed: AppRoleChangedEvent;
  /** An app is let in no more. */
  app_revoked: AppRevokedEvent;
  /** Something was held against a contactless reader. */
  nfc_tapped: NfcTappedEvent;
  /** A contactless reader is ready. */
  nfc_reader_connected: NfcReaderConnectedEvent;
  /** A contactless reader is not there, or what drives it has failed. */
  nfc_reader_disconnected: NfcReaderDisconnectedEvent;
}

/** An event of a station that is newer than this file. */
export interface UnknownEvent {
  event: string & {};
  seq: number;
  at: string;
  [field: string]: unknown;
}

/** Any event that is known here. */
export type Event = Events[keyof Events];

/** The methods that take an idempotency key: make one for each intent, and keep it before you ask. */
export const METHODS_WITH_KEY = [
  "terminal.reconcile",
  "payment.sale",
  "payment.authorize",
  "payment.capture",
  "payment.void",
  "payment.refund",
  "payment.write_off",
  "deposit.take",
  "deposit.tokenize",
  "order.put",
  "order.ship",
  "order.cancel",
  "pickup.capture",
  "nfc.bind",
  "operation.resolve",
  "operation.park",
] as const;

export type MethodWithKey = (typeof METHODS_WITH_KEY)[number];
