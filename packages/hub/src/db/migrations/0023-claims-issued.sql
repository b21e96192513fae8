-- Claims whose voucher nobody used yet: what is redeemed at once does not stay among them.
create index claims_issued on claims (programme, version, id) where state = 'issued';
