### English: a sentence for the cashier and one for the customer, for every outcome.
### Cashier: what is the matter, then what to do. Customer: no internals, no numbers.

## Said to customers again and again

-moment = One moment, please.
-card = Please use another card.
-way = Please pay in another way.
-again = That did not work. Please try again.
-staff = This cannot be done right now. Our staff will help you.

## How an operation ended, when there is no more to say.

approved =
    .cashier = Approved.
    .customer = Thank you. That went through.
done =
    .cashier = Done.
    .customer = Thank you. That is done.
declined =
    .cashier = Declined. Ask for another card.
    .customer = The payment was not approved. { -card }
cancelled =
    .cashier = The payment was cancelled.
    .customer = The payment was cancelled. Nothing has been taken.
failed =
    .cashier = It did not happen. Try again.
    .customer = { -again }
in_doubt =
    .cashier = It is not known yet whether the payment went through. Do not take it again; the station is finding out.
    .customer = We are checking your payment. Please wait; do not pay again.
not_in_doubt =
    .cashier = Nothing is in doubt here any more. Ask for the outcome.
    .customer = { -moment }
evidence_changed =
    .cashier = More is known now than what you were shown. Look again before you decide.
    .customer = { -moment }

## The card and its issuer.

card_declined =
    .cashier = The card was declined. Ask for another card.
    .customer = Your card was declined. { -card }
insufficient_funds =
    .cashier = There is not enough money on the card. Ask for another card.
    .customer = Your card was declined. { -card }
expired_card =
    .cashier = The card has expired. Ask for another card.
    .customer = Your card has expired. { -card }
card_not_readable =
    .cashier = The card cannot be read. Ask for another card.
    .customer = Your card could not be read. { -card }
card_not_accepted =
    .cashier = This kind of card is not taken here.
    .customer = We do not take this kind of card. { -card }
card_blocked =
    .cashier = The card is blocked. Ask for another card.
    .customer = Your card was declined. { -card }
wrong_pin =
    .cashier = The PIN was wrong. Let the customer try again.
    .customer = The PIN was wrong. Please try again.
pin_tries_exceeded =
    .cashier = The PIN was wrong too often. Ask for another card.
    .customer = The PIN was wrong too often. { -card }
amount_not_allowed =
    .cashier = The card does not allow this amount. Ask for another card.
    .customer = Your card does not allow this amount. { -card }
authentication_needed =
    .cashier = The customer must confirm the payment with the bank.
    .customer = Please confirm the payment in your banking app.
fraud_suspected =
    .cashier = The payment was stopped because it looks suspicious. Do not try again; call support.
    .customer = We cannot take this payment. Our staff will help you.
rejected_by_customer =
    .cashier = The customer has rejected the payment. Ask how they want to pay.
    .customer = You have rejected the payment. How would you like to pay?
card_type_unknown =
    .cashier = The order's card type is not known here. Take a new payment.
    .customer = The card of your order cannot be used here. { -way }
card_not_tokenizable =
    .cashier = This card cannot secure the rest; nothing is held on it. Ask for another.
    .customer = This card cannot be used to secure the rest. { -card }
card_token_not_readable =
    .cashier = The saved card cannot be fetched now. Try again soon.
    .customer = { -again }

## The terminal.

currency_not_accepted =
    .cashier = This currency is not taken here. Call support.
    .customer = We do not take this currency here.
host_unreachable =
    .cashier = The terminal cannot reach the bank. Try again.
    .customer = There is no connection to the bank. Please try again.
reservation_unknown =
    .cashier = The terminal does not know this reservation. Call support.
    .customer = { -staff }
already_reversed =
    .cashier = This payment has been reversed before.
    .customer = This payment has already been cancelled.
reversal_not_possible =
    .cashier = The terminal can no longer reverse this payment. Refund it to the card instead.
    .customer = You will get the money back on your card.
terminal_busy =
    .cashier = The terminal is busy. Try again.
    .customer = { -moment }
terminal_locked =
    .cashier = The terminal is busy with another payment. Try again when it has ended.
    .customer = { -moment }
terminal_in_doubt =
    .cashier = A payment at this terminal is not settled yet. Wait, or have a supervisor settle it.
    .customer = { -moment }
totals_differ =
    .cashier = The terminal's totals differ from the station's. Look at the differences and call support.
    .customer = { -staff }
terminal_leased =
    .cashier = Another till has the terminal. Wait, or take another one.
    .customer = { -moment }
no_terminal_free =
    .cashier = No terminal is free. Try again in a moment.
    .customer = { -moment }
terminal_not_ready =
    .cashier = The terminal is not ready. See its display, then call support.
    .customer = { -staff }
terminal_unreachable =
    .cashier = The terminal does not answer. Check its cable and try again.
    .customer = { -moment }
terminal_unknown =
    .cashier = There is no terminal { $terminal } here.
    .customer = { -moment }
not_carried_out =
    .cashier = The terminal has not taken the payment. Try again.
    .customer = Nothing has been taken. Please try again.
not_supported =
    .cashier = This cannot be done here. Call support.
    .customer = { -staff }
printer_not_ready =
    .cashier = The printer is not ready. Check the paper and try again.
    .customer = { -moment }

## The processor and the way to it.

processor_unreachable =
    .cashier = The payment service cannot be reached. Nothing was taken. Try again.
    .customer = There is no connection right now. Nothing has been taken.
processor_answer_unexpected =
    .cashier = The payment service gave an unclear answer. Do not take the payment again; call support.
    .customer = We are checking your payment. Please do not pay again.
payment_data_invalid =
    .cashier = The payment service did not accept the details. Check them with the customer.
    .customer = Some of your details were not accepted. Please check them.
signature_wrong =
    .cashier = The payment could not be verified. Do not take it again; call support.
    .customer = { -staff }
no_route =
    .cashier = No terminal or merchant account here can do this. Call support.
    .customer = { -staff }
merchant_account_unknown =
    .cashier = The order's card cannot be charged from this store. Take a new payment.
    .customer = The card of your order cannot be used here. { -way }
tender_type_unknown =
    .cashier = The order's kind of payment is not known here. Take a new payment.
    .customer = The payment of your order cannot be used here. { -way }
tender_type_not_supported =
    .cashier = This kind of payment is not set up here. Use another one.
    .customer = We do not take this kind of payment here. { -way }
exceeds_floor_limit =
    .cashier = Without a connection this amount is too high. Take another kind of payment, or try later.
    .customer = There is no connection right now. { -way }
awaiting_retry =
    .cashier = Accepted. The money is taken when the connection is back. Do not take the payment again.
    .customer = Thank you. The payment is accepted.
session_expired =
    .cashier = The customer did not confirm in time. Ask whether to start again.
    .customer = The time to confirm has run out. Shall we try again?

## Payments.

payment_unknown =
    .cashier = This payment is not known here.
    .customer = We cannot find this payment.
payment_busy =
    .cashier = Something else is being done with this payment. Wait, then check it.
    .customer = { -moment }
payment_not_ready =
    .cashier = This payment has no answer yet. Wait, then check it.
    .customer = { -moment }
payment_on_hold =
    .cashier = This payment is still being reviewed. Check it later.
    .customer = Your payment is being reviewed. Please do not pay again.
on_hold =
    .cashier = The payment is being reviewed. Do not take it again.
    .customer = Your payment is being reviewed. Please do not pay again.
payment_ended =
    .cashier = This payment was declined or failed. Ask for another card.
    .customer = The payment was not approved. { -card }
payment_already_voided =
    .cashier = This payment has been voided before.
    .customer = This payment has already been cancelled.
payment_authorized =
    .cashier = The money is held on the card. Nothing has been taken yet.
    .customer = The amount is reserved on your card.
payment_partially_captured =
    .cashier = Part of the money has been taken. The rest is still held.
    .customer = Part of the amount is paid; the rest is reserved.
payment_captured =
    .cashier = All the money has been taken.
    .customer = The amount is paid.
payment_partially_refunded =
    .cashier = Part of the money has been refunded.
    .customer = Part of the amount has been refunded.
payment_refunded =
    .cashier = All the money has been refunded.
    .customer = The amount has been refunded.
void_instead =
    .cashier = Nothing has been taken yet: void the payment instead.
    .customer = Nothing has been taken. We will release the reservation.
capture_less =
    .cashier = Nothing has been taken yet: capture less instead.
    .customer = Nothing has been taken yet. We will change the amount.
refund_instead =
    .cashier = The money has been taken: refund it instead.
    .customer = You will get the money back on your card.
exceeds_open_amount =
    .cashier =
        { $amount ->
            [none] That is more than is left to take.
           *[other] Only { $amount } is left to take.
        }
    .customer =
        { $amount ->
            [none] That is more than is reserved.
           *[other] Only { $amount } is still reserved.
        }
only_whole_capture =
    .cashier = Only all of the money that is held can be taken, not a part. Take a new payment.
    .customer = A part of the reserved amount cannot be taken. Please pay in another way.
exceeds_captured_amount =
    .cashier =
        { $amount ->
            [none] That is more than is left to refund.
           *[other] Only { $amount } is left to refund.
        }
    .customer =
        { $amount ->
            [none] That is more than can be refunded.
           *[other] At most { $amount } can be refunded.
        }
authorization_expired =
    .cashier = The money is no longer held. Take a new payment.
    .customer = The reservation on your card has run out. Please pay again.
authorization_not_renewed =
    .cashier = The money is no longer held, and the card could not be charged anew. Take the balance with a card at the terminal.
    .customer = The reservation on your card has run out and could not be renewed. Please pay with a card here.
authorization_unknown =
    .cashier = The payment service does not know this payment. Call support.
    .customer = { -staff }
authorized_amount_changed =
    .cashier = The order's total is no longer what the customer approved. Load the order again.
    .customer = The price has changed. { -moment }
capture_failed =
    .cashier = The money could not be taken from the card. Take a new payment.
    .customer = Your card could not be charged. { -way }
void_failed =
    .cashier = The payment could not be voided. Check it, then try again.
    .customer = { -moment }

## Deposits.

remainder_declined =
    .cashier = The deposit is paid, but the rest could not be secured on this card. Ask for another card.
    .customer = Your deposit is paid. Please use another card for the rest.
rest_not_secured =
    .cashier = Paid. What stays of the order could not be held on the card again; the next pickup tries it.
    .customer = Thank you. Your payment is complete.
second_card_needed =
    .cashier = The deposit is paid. This card cannot secure the rest; ask for another.
    .customer = Your deposit is paid. Please use another card for the rest.
deposit_not_captured =
    .cashier = The deposit could not be taken; what was held on the card is released. Try again.
    .customer = The deposit was not taken. Please try again.
deposit_missing =
    .cashier = Nothing has been paid on this order yet. Take the deposit first.
    .customer = Please pay the deposit first.
nothing_to_secure =
    .cashier = All of this order is paid or secured.
    .customer = Your order is fully secured.
nothing_to_write_off =
    .cashier = Nothing of this payment is missing. There is nothing to write off.
    .customer = Nothing is missing.
taken_back =
    .cashier = Nobody waited for this payment any more. It had been taken and has been given back.
    .customer = The payment has been given back to you.
not_taken_back =
    .cashier = Nobody waited for this payment any more. It was taken and could not be given back: refund it.
    .customer = This payment is still to be refunded.
refund_due =
    .cashier = The lines are cancelled, but not all the money could be given back. Refund the rest.
    .customer = Part of your money is still to be refunded.

## Orders.

order_unknown =
    .cashier = This order is not known here.
    .customer = We cannot find this order.
order_changed =
    .cashier = The order has changed meanwhile. Load it again.
    .customer = Your order has just changed. { -moment }
order_busy =
    .cashier = Something else is being done with this order. Wait, then load it again.
    .customer = { -moment }
order_no_longer_valid =
    .cashier = The order was deleted or is no longer valid. Load it again.
    .customer = Your order has changed. { -moment }
order_invalid =
    .cashier = The order contradicts itself and cannot be used.
    .customer = { -moment }
line_unknown =
    .cashier = The order has no line { $line }.
    .customer = { -moment }
line_not_open =
    .cashier = Line { $line } has been handed over, cancelled or named twice. Load the order again.
    .customer = This item has already been handed over or cancelled.
line_not_shipped =
    .cashier = Line { $line } is not one to ship.
    .customer = { -moment }
tap_unknown =
    .cashier = This was not held against the reader lately. Ask for it once more.
    .customer = Please hold it against the reader once more.
tap_not_bindable =
    .cashier = This cannot be given a name. Ask for one card or tag alone, not a locked phone.
    .customer = Please hold one card alone against the reader.
balance_due =
    .cashier = The order's cards do not cover this. Take the rest.
    .customer = The order is not fully paid. Please pay the rest.
tender_line_missing =
    .cashier = The order has no payment yet. Take one.
    .customer = The order is not paid yet. Please pay now.
order_already_paid =
    .cashier = This order is paid already.
    .customer = Your order is already paid.
order_amount_not_positive =
    .cashier = There is nothing to pay for this order.
    .customer = There is nothing to pay.
order_without_store =
    .cashier = The order names no store.
    .customer = { -moment }
order_without_customer =
    .cashier = The order names no customer. Ask who it is for.
    .customer = Who is the order for?
order_not_payable =
    .cashier = The order holds items that cannot be paid this way. Use another kind of payment.
    .customer = Some items cannot be paid this way. { -way }
organisation_missing =
    .cashier = The customer has no organisation to pay for this. Ask who pays.
    .customer = Which organisation is paying?
participants_missing =
    .cashier = The list of participants is missing. Ask for the names.
    .customer = Please give us the names of the participants.

## What must be known about the customer.

identity_number_missing =
    .cashier = The customer's national identity number is missing. Ask for it.
    .customer = Please give us your national identity number.
contact_missing =
    .cashier = The customer's e-mail or postal address is missing. Ask for it.
    .customer = Please give us your e-mail or postal address.
email_missing =
    .cashier = The customer has no valid e-mail address. Ask for it.
    .customer = Please give us your e-mail address.
postal_address_missing =
    .cashier = The customer's postal address is missing. Ask for it.
    .customer = Please give us your postal address.
phone_number_invalid =
    .cashier = The telephone number is wrong. Ask for it again.
    .customer = Please check your telephone number.

## Payment on the customer's account.

customer_account_already_used =
    .cashier = The customer account can be used only once per sale. Use another kind of payment for the rest.
    .customer = Your account can be used only once. { -way }
customer_account_wrong_sign =
    .cashier = The customer account does not fit this amount. Use another kind of payment.
    .customer = Your account cannot be used here. { -way }
customer_account_exceeds_due =
    .cashier = That is more than is due now. Enter a smaller amount for the customer account.
    .customer = That is more than you have to pay now.
customer_account_not_own =
    .cashier = This is not the customer's own account, nor the invoice's. Choose the right one.
    .customer = Please use your own account.
customer_account_not_allowed =
    .cashier = This customer may not pay on account. Use another kind of payment.
    .customer = You cannot pay on account here. { -way }
customer_account_credit_insufficient =
    .cashier = There is not enough credit on the customer account. Use another kind of payment.
    .customer = There is not enough credit on your account. { -way }
customer_account_too_young =
    .cashier = The customer is too young to pay on account. Use another kind of payment.
    .customer = You cannot pay on account yet. { -way }
customer_account_without_mandate =
    .cashier = The customer account has no direct debit mandate. Use another kind of payment.
    .customer = There is no direct debit for your account. { -way }
customer_account_without_subscription =
    .cashier = The customer has no direct debit agreement. Use another kind of payment.
    .customer = You have no direct debit agreement. { -way }
customer_account_invoice_unpaid =
    .cashier = The customer has an unpaid invoice. Ask whether to pay it first.
    .customer = You have an unpaid invoice. Would you like to pay it now?

## Loyalty and gift cards.

loyalty_points_insufficient =
    .cashier = There are not enough points on the loyalty card. Use another kind of payment.
    .customer = You do not have enough points. { -way }
loyalty_refund_exceeds_limit =
    .cashier = That is more than may go back to the loyalty card. Refund in another way.
    .customer = We cannot return that much to your loyalty card.
loyalty_card_unknown =
    .cashier = The loyalty card is not known. Check the number.
    .customer = We cannot find your loyalty card. Please check the number.
loyalty_card_blocked =
    .cashier = The loyalty card is blocked. Use another kind of payment.
    .customer = Your loyalty card cannot be used. { -way }
loyalty_card_not_accepted =
    .cashier = Nothing can be paid with this loyalty card here. Use another kind of payment.
    .customer = You cannot pay with this loyalty card here. { -way }
loyalty_already_used =
    .cashier = Points can be used only once per sale. Use another kind of payment for the rest.
    .customer = Points can be used only once. { -way }
gift_card_currency_mismatch =
    .cashier = The gift card is in another currency. Use another kind of payment.
    .customer = Your gift card is in another currency. { -way }
gift_card_balance_insufficient =
    .cashier = There is not enough on the gift card. Take the rest in another way.
    .customer = There is not enough on your gift card. Please pay the rest.
gift_card_changed =
    .cashier = The gift card was used elsewhere meanwhile. Load the order again.
    .customer = Your gift card has just been used. { -moment }

## Agreements and the means of payment behind them.

payment_method_missing =
    .cashier = The customer has no active card or other means of payment. Ask for one.
    .customer = How would you like to pay?
payment_method_cancelled =
    .cashier = The customer's means of payment was cancelled. Ask for a new one.
    .customer = Your card or direct debit is no longer active. How would you like to pay?
payment_method_expired =
    .cashier = The customer's card has expired or must be confirmed again.
    .customer = Your card has expired or must be confirmed again.
payment_method_failed =
    .cashier = The customer's means of payment does not work. Ask for another one.
    .customer = Your card or direct debit does not work. { -way }
payment_method_inactive =
    .cashier = The customer's means of payment was not active. Ask for another one.
    .customer = Your card or direct debit was not active. { -way }
subscription_inactive =
    .cashier = The agreement is not active.
    .customer = Your agreement is not active.
subscription_cancelled =
    .cashier = The agreement has been cancelled.
    .customer = Your agreement has been cancelled.
subscription_expired =
    .cashier = The agreement has run out. Ask whether to make a new one.
    .customer = Your agreement has run out. Would you like a new one?

## Invoices.

invoice_unknown =
    .cashier = The invoice is not known here. Ask for the number again.
    .customer = We cannot find this invoice. Please check the number.
invoice_incomplete =
    .cashier = The invoice is incomplete. Call support.
    .customer = { -staff }
invoice_amount_not_positive =
    .cashier = There is nothing to pay on this invoice.
    .customer = There is nothing to pay.
invoice_no_longer_valid =
    .cashier = The invoice was deleted or is no longer valid. Load it again.
    .customer = This invoice is no longer valid.
invoice_not_possible =
    .cashier = This agreement cannot be invoiced. Use another kind of payment.
    .customer = We cannot send an invoice for this. { -way }

## The request and the station.

parse_error =
    .cashier = The till sent something that cannot be read.
    .customer = { -moment }
invalid_request =
    .cashier = The till sent something that is not a request.
    .customer = { -moment }
method_not_found =
    .cashier = The till asked for something that does not exist here.
    .customer = { -moment }
invalid_params =
    .cashier = The till sent something that is not right.
    .customer = { -moment }
language_unknown =
    .cashier = This language is not available.
    .customer = { -moment }
idempotency_key_reused =
    .cashier = The till has used this payment's name before, for something else.
    .customer = { -moment }
amount_out_of_range =
    .cashier = The amount is too small or too large.
    .customer = { -moment }
currency_mismatch =
    .cashier = The currency must be { $currency } here.
    .customer = { -moment }
unauthorized =
    .cashier = The station does not know this till. Pair it.
    .customer = { -moment }
forbidden =
    .cashier = This needs a supervisor or a technician.
    .customer = { -staff }
too_many_connections =
    .cashier = Too many tills are connected. Try again in a moment.
    .customer = { -moment }
station_stopping =
    .cashier = The station is about to restart. Try again in a moment.
    .customer = { -moment }
app_unknown =
    .cashier = No till of this name is paired.
    .customer = { -moment }
app_name_taken =
    .cashier = A till of this name is paired already.
    .customer = { -moment }
not_found =
    .cashier = This is not known here.
    .customer = { -moment }
journal_unavailable =
    .cashier = The station cannot record payments now, so it takes none. Call support.
    .customer = We cannot take payments right now. Our staff will help you.
internal_error =
    .cashier = The station has a fault. Check the payment before you take it again, and call support.
    .customer = { -staff }
other =
    .cashier = The payment did not go through. Call support.
    .customer = The payment did not go through. Our staff will help you.
