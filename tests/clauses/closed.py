"""Which data serve which purpose, written a second time: adding data to a purpose is a change to be seen here too."""

from __future__ import annotations

SERVES = {
    "account-service": "name contact-details email account-number account-preferences selected-services",
    "service-provision": (
        "name contact-details email products-bought place-of-purchase selected-services preferences "
        "payment-information"
    ),
    "delivery": "name contact-details delivery-date products-bought third-person-data",
    "fulfil-agreements": "name contact-details account-number products-bought",
    "loyalty-rewards": "account-number loyalty-use",
    "group-services": "name email account-number selected-services",
    "offers-benefits": "email products-bought loyalty-use voucher-redemption",
    "enquiry": "name contact-details search-terms",
    "complaint-handling": "name contact-details conversation products-bought request-records",
    "customer-care": "name contact-details products-bought place-of-purchase retailer-purchases conversation",
    "identity-verification": "identity-evidence name contact-details email account-number products-bought",
    "checkout-assistance": "email checkout-products",
    "credit-check": "name credit-check",
    "payment-fraud-check": "payment-information products-bought device-id ip-address",
    "data-quality": "name contact-details email account-number",
    "identity-management": "account-number email",
    "training-quality": "call-recording conversation logged-communications",
    "product-improvement": "device-state request-information activity-time-place",
    "product-surveys": "email opinions",
    "research-development": "opinions public-information device-state",
    "market-research": "email opinions interests",
    "customer-insight": "products-bought interests preferences",
    "marketing-offers": "name contact-details email interests",
    "newsletters": "name contact-details email account-preferences",
    "prize-draws-events": "name contact-details email business-card interests preferences",
    "personalisation": "interests preferences browsing recently-viewed cookie-id",
    "targeted-advertising": "interests browsing recently-viewed cookie-id advertising-responses",
    "statistics": "products-bought loyalty-use request-information statistics",
    "content-republication": "reviews photos uploads",
    "community-service": "account-number reviews photos uploads forum-body forum-metadata",
    "forum-insight": "account-number forum-metadata",
    "site-analytics": "browsing cookie-id",
    "visitor-measurement": "advertising-responses cookie-id email",
    "interaction-recording": "interaction-data",
    "b2b-sales": "business-contact",
    "social-sign-in": "social-id name profile-picture gender locale social-profile-extra",
    "social-interaction": "social-reactions social-id",
    "page-insights": "page-likers",
    "location-services": "precise-location",
    "account-association": "account-association account-number cookie-id device-number",
    "linked-registration": "group-account-data email account-number",
    "linked-support": "account-number email products-bought conversation",
    "linked-personalisation": "account-number email cookie-id interests",
    "device-distinction": "device-number cookie-id ip-address",
    "security-monitoring": "monitoring-data ip-address request-information activity-time-place incident-records",
    "fraud-investigation": "name contact-details products-bought payment-information conversation voucher-redemption",
    "voucher-control": "voucher-redemption device-id",
    "customer-benefits": "voucher-redemption account-number products-bought",
    "audit-due-diligence": "name products-bought place-of-purchase",
    "legal-compliance": "name contact-details products-bought payment-information incident-records",
    "authority-cooperation": (
        "name contact-details products-bought payment-information monitoring-data incident-records"
    ),
    "legal-claims": "name contact-details products-bought conversation request-records consent-records",
    "administration": "name contact-details account-number",
    "recruitment": "name contact-details education employment-history",
    "business-transactions": "account-number products-bought",
    "authorised-sharing": "name contact-details email products-bought",
    "rights-handling": (
        "name contact-details email identity-evidence request-records consent-records suppression-entries"
    ),
    "age-verification": "date-of-birth",
    "child-protection": "child-data contact-details identity-evidence",
    "content-screening": "accidental-sensitive uploads photos forum-body",
}
"""The purposes of chapter 3 and of the clauses that state one elsewhere, each with its categories of data."""
