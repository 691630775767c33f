//! The tables as both migration trees make them. A test compares this with the databases.

diesel::table! {
    organisations (id) {
        id -> BigInt,
        reference -> Text,
        name -> Text,
        name_key -> Text,
        country -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    programs (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        vendor_id -> BigInt,
        currency -> Text,
        time_zone -> Text,
        colour -> Text,
        notice_late_days -> Integer,
        renewal_target_percent -> Nullable<Integer>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        maintenance -> Text,
    }
}

diesel::table! {
    partner_types (id) {
        id -> BigInt,
        program_id -> BigInt,
        key -> Text,
        name -> Text,
        position -> Integer,
    }
}

diesel::table! {
    tiers (id) {
        id -> BigInt,
        program_id -> BigInt,
        key -> Text,
        name -> Text,
        rank -> Integer,
    }
}

diesel::table! {
    notice_rungs (program_id, days_before) {
        program_id -> BigInt,
        days_before -> Integer,
    }
}

diesel::table! {
    policies (id) {
        id -> BigInt,
        program_id -> BigInt,
        effective_on -> Date,
        term_starts -> Text,
        renewals_by_key -> Text,
        warranty_starts -> Text,
        warranty_grace_days -> Integer,
        standard_terms -> Text,
        sku_forms -> Text,
        odd_terms -> Text,
        quoted_by -> Text,
        lead_inactivity_days -> Nullable<Integer>,
        closes_leads_inactive_days -> Nullable<Integer>,
        nfr_on_joining -> Bool,
        renewal_lapse_days -> Integer,
        deal_protection_days -> Integer,
        quote_validity_days -> Integer,
        source -> Text,
        order_processing -> Text,
        lead_distribution -> Text,
        deal_thresholds -> Text,
        deal_tenders -> Bool,
        deal_categories -> Nullable<Text>,
        deal_second_approval -> Text,
    }
}

diesel::table! {
    categories (id) {
        id -> BigInt,
        program_id -> BigInt,
        key -> Text,
        name -> Text,
        position -> Integer,
    }
}

diesel::table! {
    products (id) {
        id -> BigInt,
        program_id -> BigInt,
        category_id -> BigInt,
        code -> Text,
        name -> Text,
        kind -> Text,
        unit -> Text,
        warranty_months -> Nullable<Integer>,
        illustrative -> Bool,
        most_units -> Nullable<Integer>,
        sku_code -> Nullable<Text>,
    }
}

diesel::table! {
    sku_parts (program_id, position) {
        program_id -> BigInt,
        position -> Integer,
        length -> Integer,
        name -> Text,
        meaning -> Text,
        pad -> Text,
        sold -> Text,
    }
}

diesel::table! {
    sku_letters (program_id, position, letters) {
        program_id -> BigInt,
        position -> Integer,
        letters -> Text,
        meaning -> Text,
    }
}

diesel::table! {
    legacy_skus (id) {
        id -> BigInt,
        program_id -> BigInt,
        product_id -> BigInt,
        sku -> Text,
        months -> Integer,
        purpose -> Text,
    }
}

diesel::table! {
    contacts (id) {
        id -> BigInt,
        reference -> Text,
        organisation_id -> BigInt,
        name -> Text,
        name_key -> Text,
        email -> Text,
        email_key -> Text,
        job_title -> Text,
        phone -> Text,
        locale -> Text,
        access -> Text,
        status -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    enrolments (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        organisation_id -> BigInt,
        part -> Text,
        tier_id -> Nullable<BigInt>,
        currency -> Text,
        status -> Text,
        cam_id -> Nullable<BigInt>,
        name_key -> Text,
        enrolled_on -> Date,
        roles_revision -> BigInt,
        created_at -> Timestamp,
        lacks_renewals -> Bool,
    }
}

diesel::table! {
    enrolment_types (enrolment_id, type_id) {
        enrolment_id -> BigInt,
        type_id -> BigInt,
    }
}

diesel::table! {
    enrolment_distributors (enrolment_id, distributor_id) {
        enrolment_id -> BigInt,
        distributor_id -> BigInt,
    }
}

diesel::table! {
    contact_roles (contact_id, program_id, role) {
        program_id -> BigInt,
        contact_id -> BigInt,
        role -> Text,
        held -> Bool,
        revision -> BigInt,
        changed_by_id -> Nullable<BigInt>,
        changed_by -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    logins (id) {
        id -> BigInt,
        contact_id -> BigInt,
        email_key -> Text,
        password_hash -> Nullable<Text>,
        password_set_at -> Nullable<Timestamp>,
        locked_at -> Nullable<Timestamp>,
        invited_at -> Nullable<Timestamp>,
        signed_in_at -> Nullable<Timestamp>,
        second_factor_at -> Nullable<Timestamp>,
        second_factor_owed -> Bool,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        key_hash -> Text,
        contact_id -> BigInt,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        idle_until_at -> Timestamp,
        ends_at -> Timestamp,
        user_agent -> Text,
        client -> Text,
    }
}

diesel::table! {
    second_factors (id) {
        id -> BigInt,
        contact_id -> BigInt,
        key_id -> Text,
        sealed_secret -> Text,
        last_step -> BigInt,
        begun_at -> Timestamp,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        contact_id -> BigInt,
        code_hash -> Text,
        made_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    half_sign_ins (id) {
        id -> BigInt,
        key_hash -> Text,
        contact_id -> BigInt,
        ends_at -> Timestamp,
    }
}

diesel::table! {
    one_time_links (id) {
        id -> BigInt,
        token_hash -> Text,
        purpose -> Text,
        contact_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    throttles (bucket, key_hash, window_at) {
        bucket -> Text,
        key_hash -> Text,
        window_at -> Timestamp,
        spent -> Integer,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        reference -> Text,
        dedupe_key -> Text,
        event -> Text,
        program_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        contact_id -> Nullable<BigInt>,
        to_name -> Text,
        to_email -> Text,
        reason -> Text,
        role -> Nullable<Text>,
        subject -> Text,
        message_id -> Text,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> Timestamp,
        give_up_at -> Nullable<Timestamp>,
        queued_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
        answer -> Text,
        queued_on -> Nullable<Date>,
        search_key -> Text,
        waiting_until_at -> Nullable<Timestamp>,
        digest_id -> Nullable<BigInt>,
        because -> Nullable<Text>,
        list -> Nullable<Text>,
    }
}

diesel::table! {
    mail_tallies (program_id, queued_on, event, shard) {
        program_id -> BigInt,
        queued_on -> Date,
        event -> Text,
        shard -> Integer,
        mails -> BigInt,
        digested -> BigInt,
    }
}

diesel::table! {
    mail_preferences (contact_id) {
        contact_id -> BigInt,
        time_zone -> Nullable<Text>,
        digest_hour -> Integer,
        quiet_from -> Nullable<Integer>,
        quiet_until -> Nullable<Integer>,
        revision -> Integer,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    mail_rhythms (contact_id, program_id, role) {
        contact_id -> BigInt,
        program_id -> BigInt,
        role -> Text,
        rhythm -> Text,
        weekday -> Nullable<Integer>,
    }
}

diesel::table! {
    mail_bodies (mail_id) {
        mail_id -> BigInt,
        text_body -> Text,
        html_body -> Text,
        unsubscribe_address -> Nullable<Text>,
    }
}

diesel::table! {
    mailbox_messages (id) {
        id -> BigInt,
        reference -> Text,
        message_id -> Text,
        to_name -> Text,
        to_email -> Text,
        subject -> Text,
        search_key -> Text,
        received_at -> Timestamp,
        source -> Text,
    }
}

diesel::table! {
    audit_events (id) {
        id -> BigInt,
        at -> Timestamp,
        program_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        subject_kind -> Text,
        subject_id -> BigInt,
        subject_reference -> Text,
        subject_name -> Text,
        action -> Text,
        actor_id -> Nullable<BigInt>,
        actor_name -> Text,
        from_value -> Text,
        to_value -> Text,
        why -> Text,
    }
}

diesel::table! {
    sweep_runs (name, program_id, day_on) {
        name -> Text,
        program_id -> BigInt,
        day_on -> Date,
        attempts -> Integer,
        claimed_until_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        outcome -> Text,
    }
}

diesel::table! {
    customers (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        name -> Text,
        name_key -> Text,
        country -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    orders (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        external_number -> Text,
        distributor_id -> Nullable<BigInt>,
        reseller_id -> BigInt,
        customer_id -> BigInt,
        delivered_to -> Text,
        released_at -> Nullable<Timestamp>,
        digest -> Text,
        created_at -> Timestamp,
        processed_at -> Nullable<Timestamp>,
        quote_id -> Nullable<BigInt>,
        placed_at -> Nullable<Timestamp>,
        placed_by -> Text,
        status -> Text,
        hold -> Text,
        held_at -> Nullable<Timestamp>,
        why -> Text,
        ordered_at -> Timestamp,
        currency -> Text,
        msrp_minor -> Nullable<BigInt>,
        net_minor -> Nullable<BigInt>,
        corrects_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    calendar_feeds (id) {
        id -> BigInt,
        program_id -> BigInt,
        contact_id -> BigInt,
        token_hash -> Text,
        created_at -> Timestamp,
        fetched_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    basket_lines (contact_id, program_id, licence_id) {
        contact_id -> BigInt,
        program_id -> BigInt,
        licence_id -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    licence_tallies (id) {
        id -> BigInt,
        program_id -> BigInt,
        distributor_id -> Nullable<BigInt>,
        span -> Text,
        due_on -> Date,
        currency -> Text,
        lines -> BigInt,
        renewed -> BigInt,
        open_minor -> BigInt,
        renewed_minor -> BigInt,
    }
}

diesel::table! {
    set_backs (licence_id) {
        licence_id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        reseller_id -> BigInt,
        distributor_id -> Nullable<BigInt>,
        changed_on -> Date,
        days_gone -> Integer,
        days_left -> Integer,
        told_on -> Nullable<Date>,
    }
}

diesel::table! {
    licences (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        order_id -> BigInt,
        position -> Integer,
        reseller_id -> BigInt,
        distributor_id -> Nullable<BigInt>,
        customer_id -> BigInt,
        product_id -> BigInt,
        sku -> Text,
        quantity -> Integer,
        kind -> Text,
        months -> Nullable<Integer>,
        unit_price_minor -> BigInt,
        currency -> Text,
        processed_on -> Date,
        activated_on -> Nullable<Date>,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        due_on -> Date,
        base_id -> Nullable<BigInt>,
        renewed_by_id -> Nullable<BigInt>,
        serial_number -> Text,
        warranty_starts_on -> Nullable<Date>,
        warranty_ends_on -> Nullable<Date>,
    }
}

diesel::table! {
    renewal_notices (licence_id, contact_id, rung) {
        licence_id -> BigInt,
        contact_id -> BigInt,
        rung -> Integer,
        told_on -> Date,
        mail_id -> BigInt,
    }
}

diesel::table! {
    leads (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        kind -> Text,
        external_id -> Nullable<Text>,
        status -> Text,
        company -> Text,
        company_key -> Text,
        contact_name -> Text,
        email -> Text,
        phone -> Text,
        country -> Text,
        interest -> Text,
        product_id -> Nullable<BigInt>,
        category_id -> Nullable<BigInt>,
        source -> Text,
        note -> Text,
        language -> Text,
        assigned_to_id -> Nullable<BigInt>,
        assigned_at -> Nullable<Timestamp>,
        assigned_by_id -> Nullable<BigInt>,
        assigned_by -> Text,
        opened_at -> Nullable<Timestamp>,
        opened_by_id -> Nullable<BigInt>,
        opened_by -> Text,
        accepted_at -> Nullable<Timestamp>,
        why -> Text,
        last_activity_at -> Nullable<Timestamp>,
        expires_on -> Nullable<Date>,
        warned_days -> Nullable<Integer>,
        revision -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    lead_deals (lead_id) {
        lead_id -> BigInt,
        deal_id -> BigInt,
    }
}

diesel::table! {
    lead_answers (lead_id, organisation_id) {
        lead_id -> BigInt,
        organisation_id -> BigInt,
        program_id -> BigInt,
        answer -> Text,
        answered_at -> Timestamp,
        answered_by -> Text,
        opened_after -> Nullable<BigInt>,
        answered_after -> BigInt,
        why -> Text,
    }
}

diesel::table! {
    lead_next_steps (lead_id) {
        lead_id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        organisation_id -> BigInt,
        due_on -> Date,
        step -> Text,
    }
}

diesel::table! {
    lead_activities (id) {
        id -> BigInt,
        lead_id -> BigInt,
        organisation_id -> BigInt,
        kind -> Text,
        text -> Text,
        next_step -> Text,
        next_on -> Nullable<Date>,
        at -> Timestamp,
        by_id -> Nullable<BigInt>,
        by_name -> Text,
    }
}

diesel::table! {
    price_lists (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        currency -> Text,
        effective_on -> Date,
        from_pack -> Bool,
        illustrative -> Bool,
        source -> Text,
        published_at -> Timestamp,
        published_by_id -> Nullable<BigInt>,
        published_by -> Text,
    }
}

diesel::table! {
    prices (price_list_id, product_id, months, from_quantity) {
        price_list_id -> BigInt,
        product_id -> BigInt,
        months -> Integer,
        from_quantity -> Integer,
        unit_minor -> BigInt,
    }
}

diesel::table! {
    price_news (id) {
        id -> BigInt,
        program_id -> BigInt,
        reference -> Text,
        event -> Text,
        currency -> Text,
        effective_on -> Date,
        happened_at -> Timestamp,
        told_before -> Bool,
        after_name_key -> Text,
        after_reference -> Text,
    }
}

diesel::table! {
    discounts (id) {
        id -> BigInt,
        program_id -> BigInt,
        level -> Text,
        tier_id -> Nullable<BigInt>,
        category_id -> BigInt,
        effective_on -> Date,
        basis_points -> Integer,
        approved_by -> Text,
        source -> Text,
    }
}

diesel::table! {
    promotions (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        code -> Text,
        name -> Text,
        starts_on -> Date,
        ends_on -> Date,
        basis_points -> Integer,
        least_units -> Integer,
        with_program -> Bool,
        with_deal -> Bool,
        from_pack -> Bool,
        approved_by -> Text,
        source -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    promotion_categories (promotion_id, category_id) {
        promotion_id -> BigInt,
        category_id -> BigInt,
    }
}

diesel::table! {
    promotion_pairs (promotion_id, other_id) {
        promotion_id -> BigInt,
        other_id -> BigInt,
    }
}

diesel::table! {
    inquiries (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        reseller_id -> BigInt,
        quoter_id -> Nullable<BigInt>,
        status -> Text,
        customer_name -> Text,
        customer_key -> Text,
        customer_country -> Text,
        currency -> Text,
        wanted_on -> Nullable<Date>,
        note -> Text,
        promotion_codes -> Text,
        lines -> Integer,
        price_list_id -> Nullable<BigInt>,
        submitted_at -> Nullable<Timestamp>,
        msrp_minor -> Nullable<BigInt>,
        created_by_id -> Nullable<BigInt>,
        created_by -> Text,
        created_at -> Timestamp,
        revision -> BigInt,
        deal_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    inquiry_lines (id) {
        id -> BigInt,
        inquiry_id -> BigInt,
        position -> Integer,
        product_id -> BigInt,
        kind -> Text,
        quantity -> Integer,
        months -> Nullable<Integer>,
        base_id -> Nullable<BigInt>,
        sku -> Text,
        unit_minor -> Nullable<BigInt>,
        msrp_minor -> Nullable<BigInt>,
    }
}

diesel::table! {
    quotes (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        inquiry_id -> Nullable<BigInt>,
        quoter_id -> BigInt,
        reseller_id -> BigInt,
        customer_name -> Text,
        customer_key -> Text,
        customer_country -> Text,
        currency -> Text,
        status -> Text,
        created_at -> Timestamp,
        created_by_id -> Nullable<BigInt>,
        created_by -> Text,
        sent_at -> Nullable<Timestamp>,
        valid_until_on -> Nullable<Date>,
        msrp_minor -> Nullable<BigInt>,
        net_minor -> Nullable<BigInt>,
        why -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    quote_revisions (id) {
        id -> BigInt,
        quote_id -> BigInt,
        number -> Integer,
        status -> Text,
        valid_until_on -> Date,
        note -> Text,
        private_note -> Text,
        promotion_codes -> Text,
        price_list_id -> Nullable<BigInt>,
        priced_at -> Timestamp,
        msrp_minor -> BigInt,
        net_minor -> BigInt,
        sent_at -> Nullable<Timestamp>,
        sent_by_id -> Nullable<BigInt>,
        sent_by -> Text,
        edition -> BigInt,
    }
}

diesel::table! {
    quote_lines (id) {
        id -> BigInt,
        revision_id -> BigInt,
        position -> Integer,
        product_id -> BigInt,
        kind -> Text,
        quantity -> Integer,
        months -> Nullable<Integer>,
        base_id -> Nullable<BigInt>,
        sku -> Text,
        unit_minor -> BigInt,
        msrp_minor -> BigInt,
        quoter_basis_points -> Integer,
        net_minor -> BigInt,
        remarks -> Text,
    }
}

diesel::table! {
    quote_levels (quote_line_id, position) {
        quote_line_id -> BigInt,
        position -> Integer,
        level -> Text,
        basis_points -> Integer,
        amount_minor -> BigInt,
        rule -> Text,
        effective_on -> Date,
        approved_by -> Text,
    }
}

diesel::table! {
    customer_prices (quote_id, position) {
        quote_id -> BigInt,
        position -> Integer,
        product_id -> BigInt,
        quantity -> Integer,
        price_minor -> BigInt,
    }
}

diesel::table! {
    special_prices (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        quote_id -> BigInt,
        product_id -> Nullable<BigInt>,
        status -> Text,
        asked_basis_points -> Integer,
        granted_basis_points -> Nullable<Integer>,
        reason -> Text,
        requested_at -> Timestamp,
        requested_by_id -> Nullable<BigInt>,
        requested_by -> Text,
        decided_at -> Nullable<Timestamp>,
        decided_on -> Nullable<Date>,
        decided_by_id -> Nullable<BigInt>,
        decided_by -> Text,
        why -> Text,
    }
}

diesel::table! {
    order_lines (id) {
        id -> BigInt,
        order_id -> BigInt,
        position -> Integer,
        product_id -> BigInt,
        kind -> Text,
        quantity -> Integer,
        months -> Nullable<Integer>,
        base_id -> Nullable<BigInt>,
        sku -> Text,
        serial_number -> Text,
        unit_minor -> BigInt,
        msrp_minor -> BigInt,
        net_minor -> Nullable<BigInt>,
        refusal -> Text,
        instead_sku -> Text,
    }
}

diesel::table! {
    maintenance_windows (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        pack_key -> Nullable<Text>,
        from_pack -> Bool,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        message -> Text,
        message_key -> Text,
        source -> Text,
        declared_at -> Timestamp,
        declared_by_id -> Nullable<BigInt>,
        declared_by -> Text,
        cancelled_at -> Nullable<Timestamp>,
        change -> Text,
        revision -> BigInt,
        told_revision -> BigInt,
        announced -> Bool,
        after_name_key -> Text,
        after_reference -> Text,
    }
}

diesel::table! {
    maintenance_capabilities (window_id, capability) {
        window_id -> BigInt,
        capability -> Text,
    }
}

diesel::table! {
    schedules (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        order_id -> BigInt,
        reseller_id -> BigInt,
        distributor_id -> Nullable<BigInt>,
        customer_id -> BigInt,
        issued_at -> Timestamp,
        issued_on -> Date,
        lines -> Integer,
    }
}

diesel::table! {
    schedule_lines (schedule_id, position) {
        schedule_id -> BigInt,
        position -> Integer,
        licence_id -> BigInt,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        warranty_starts_on -> Nullable<Date>,
        warranty_ends_on -> Nullable<Date>,
    }
}

diesel::table! {
    schedule_recipients (contact_id, program_id) {
        program_id -> BigInt,
        contact_id -> BigInt,
        added_by_id -> Nullable<BigInt>,
        added_by -> Text,
        added_at -> Timestamp,
    }
}

diesel::table! {
    mail_enclosures (mail_id, position) {
        mail_id -> BigInt,
        position -> Integer,
        maker -> Text,
        record -> Text,
        locale -> Text,
        file_name -> Text,
    }
}

diesel::table! {
    deals (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        partner_id -> BigInt,
        category_id -> BigInt,
        status -> Text,
        customer_name -> Text,
        customer_key -> Text,
        customer_country -> Text,
        customer_domain -> Text,
        contact_name -> Text,
        contact_email -> Text,
        currency -> Text,
        msrp_minor -> BigInt,
        closes_on -> Nullable<Date>,
        found_by -> Text,
        competitor -> Text,
        is_tender -> Bool,
        note -> Text,
        created_by -> Text,
        created_at -> Timestamp,
        submitted_at -> Nullable<Timestamp>,
        submitted_by_id -> Nullable<BigInt>,
        submitted_by -> Text,
        receipt -> Text,
        why -> Text,
        duplicate_of_id -> Nullable<BigInt>,
        protected_at -> Nullable<Timestamp>,
        protected_until_on -> Nullable<Date>,
        extension_until_on -> Nullable<Date>,
        extension_why -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    deal_results (deal_id, result) {
        deal_id -> BigInt,
        result -> Text,
        program_id -> BigInt,
        partner_id -> BigInt,
        currency -> Text,
        msrp_minor -> BigInt,
        at -> Timestamp,
        after -> BigInt,
    }
}

diesel::table! {
    deal_lines (id) {
        id -> BigInt,
        deal_id -> BigInt,
        product_id -> BigInt,
        quantity -> Integer,
        msrp_minor -> BigInt,
    }
}

diesel::table! {
    deal_claims (program_id, category_id, claim) {
        program_id -> BigInt,
        category_id -> BigInt,
        claim -> Text,
        deal_id -> BigInt,
    }
}

diesel::table! {
    deal_receipts (id) {
        id -> BigInt,
        reference -> Text,
        program_id -> BigInt,
        deal_id -> BigInt,
        submitted_at -> Timestamp,
        submitted_by -> Text,
        content -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    deal_reminders (deal_id, until_on, days) {
        deal_id -> BigInt,
        until_on -> Date,
        days -> Integer,
        told_on -> Date,
    }
}

diesel::table! {
    deal_attachments (id) {
        id -> BigInt,
        reference -> Text,
        deal_id -> BigInt,
        name -> Text,
        kind -> Text,
        size -> BigInt,
        sha256 -> Text,
        added_by -> Text,
        added_at -> Timestamp,
        content -> Binary,
    }
}

diesel::table! {
    deal_approvals (deal_id) {
        deal_id -> BigInt,
        approved_by_id -> BigInt,
        approved_by -> Text,
        approved_at -> Timestamp,
        note -> Text,
    }
}

diesel::joinable!(maintenance_windows -> programs (program_id));
diesel::joinable!(maintenance_capabilities -> maintenance_windows (window_id));
diesel::joinable!(programs -> organisations (vendor_id));
diesel::joinable!(partner_types -> programs (program_id));
diesel::joinable!(tiers -> programs (program_id));
diesel::joinable!(notice_rungs -> programs (program_id));
diesel::joinable!(policies -> programs (program_id));
diesel::joinable!(categories -> programs (program_id));
diesel::joinable!(products -> programs (program_id));
diesel::joinable!(products -> categories (category_id));
diesel::joinable!(sku_parts -> programs (program_id));
diesel::joinable!(legacy_skus -> products (product_id));
diesel::joinable!(contacts -> organisations (organisation_id));
diesel::joinable!(enrolments -> programs (program_id));
diesel::joinable!(enrolments -> organisations (organisation_id));
diesel::joinable!(enrolments -> tiers (tier_id));
diesel::joinable!(enrolments -> contacts (cam_id));
diesel::joinable!(enrolment_types -> enrolments (enrolment_id));
diesel::joinable!(enrolment_types -> partner_types (type_id));
diesel::joinable!(contact_roles -> programs (program_id));
diesel::joinable!(logins -> contacts (contact_id));
diesel::joinable!(sessions -> contacts (contact_id));
diesel::joinable!(second_factors -> contacts (contact_id));
diesel::joinable!(recovery_codes -> contacts (contact_id));
diesel::joinable!(half_sign_ins -> contacts (contact_id));
diesel::joinable!(one_time_links -> contacts (contact_id));
diesel::joinable!(mails -> programs (program_id));
diesel::joinable!(mails -> organisations (organisation_id));
diesel::joinable!(mails -> contacts (contact_id));
diesel::joinable!(mail_bodies -> mails (mail_id));
diesel::joinable!(mail_preferences -> contacts (contact_id));
diesel::joinable!(mail_rhythms -> programs (program_id));
diesel::joinable!(audit_events -> programs (program_id));
diesel::joinable!(audit_events -> organisations (organisation_id));
diesel::joinable!(audit_events -> contacts (actor_id));
diesel::joinable!(sweep_runs -> programs (program_id));
diesel::joinable!(customers -> programs (program_id));
diesel::joinable!(orders -> programs (program_id));
diesel::joinable!(orders -> customers (customer_id));
diesel::joinable!(licences -> programs (program_id));
diesel::joinable!(licences -> orders (order_id));
diesel::joinable!(licences -> customers (customer_id));
diesel::joinable!(licences -> products (product_id));
diesel::joinable!(set_backs -> licences (licence_id));
diesel::joinable!(calendar_feeds -> programs (program_id));
diesel::joinable!(calendar_feeds -> contacts (contact_id));
diesel::joinable!(basket_lines -> licences (licence_id));
diesel::joinable!(renewal_notices -> licences (licence_id));
diesel::joinable!(renewal_notices -> contacts (contact_id));
diesel::joinable!(renewal_notices -> mails (mail_id));
diesel::joinable!(leads -> programs (program_id));
diesel::joinable!(lead_answers -> leads (lead_id));
diesel::joinable!(lead_activities -> leads (lead_id));
diesel::joinable!(lead_next_steps -> leads (lead_id));
diesel::joinable!(leads -> products (product_id));
diesel::joinable!(leads -> categories (category_id));
diesel::joinable!(leads -> organisations (assigned_to_id));
diesel::joinable!(price_lists -> programs (program_id));
diesel::joinable!(price_news -> programs (program_id));
diesel::joinable!(prices -> price_lists (price_list_id));
diesel::joinable!(prices -> products (product_id));
diesel::joinable!(discounts -> categories (category_id));
diesel::joinable!(discounts -> tiers (tier_id));
diesel::joinable!(promotion_categories -> promotions (promotion_id));
diesel::joinable!(promotion_categories -> categories (category_id));
diesel::joinable!(inquiries -> programs (program_id));
diesel::joinable!(inquiry_lines -> inquiries (inquiry_id));
diesel::joinable!(inquiry_lines -> products (product_id));
diesel::joinable!(inquiry_lines -> licences (base_id));
diesel::joinable!(quotes -> inquiries (inquiry_id));
diesel::joinable!(quote_revisions -> quotes (quote_id));
diesel::joinable!(quote_lines -> quote_revisions (revision_id));
diesel::joinable!(quote_lines -> products (product_id));
diesel::joinable!(quote_lines -> licences (base_id));
diesel::joinable!(quote_levels -> quote_lines (quote_line_id));
diesel::joinable!(customer_prices -> quotes (quote_id));
diesel::joinable!(special_prices -> quotes (quote_id));
diesel::joinable!(special_prices -> products (product_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(order_lines -> products (product_id));
diesel::joinable!(schedules -> programs (program_id));
diesel::joinable!(schedules -> orders (order_id));
diesel::joinable!(schedules -> customers (customer_id));
diesel::joinable!(schedule_lines -> schedules (schedule_id));
diesel::joinable!(schedule_lines -> licences (licence_id));
diesel::joinable!(schedule_recipients -> programs (program_id));
diesel::joinable!(mail_enclosures -> mails (mail_id));
diesel::joinable!(deals -> categories (category_id));
diesel::joinable!(deals -> organisations (partner_id));
diesel::joinable!(deal_lines -> deals (deal_id));
diesel::joinable!(deal_lines -> products (product_id));
diesel::joinable!(deal_claims -> deals (deal_id));
diesel::joinable!(deal_receipts -> deals (deal_id));
diesel::joinable!(deal_reminders -> deals (deal_id));
diesel::joinable!(deal_attachments -> deals (deal_id));
diesel::joinable!(deal_approvals -> deals (deal_id));

diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    programs,
    partner_types,
    tiers,
    notice_rungs,
    policies,
    categories,
    products,
    sku_parts,
    sku_letters,
    legacy_skus,
    contacts,
    enrolments,
    enrolment_types,
    enrolment_distributors,
    contact_roles,
    logins,
    sessions,
    second_factors,
    recovery_codes,
    half_sign_ins,
    one_time_links,
    throttles,
    settings,
    mails,
    mail_preferences,
    mail_rhythms,
    mail_bodies,
    mail_tallies,
    mailbox_messages,
    audit_events,
    sweep_runs,
    customers,
    orders,
    calendar_feeds,
    basket_lines,
    licence_tallies,
    licences,
    renewal_notices,
    set_backs,
    lead_deals,
    leads,
    lead_answers,
    lead_activities,
    lead_next_steps,
    price_lists,
    prices,
    price_news,
    discounts,
    promotions,
    promotion_categories,
    promotion_pairs,
    inquiries,
    inquiry_lines,
    quotes,
    quote_revisions,
    quote_lines,
    quote_levels,
    customer_prices,
    special_prices,
    order_lines,
    maintenance_windows,
    maintenance_capabilities,
    schedules,
    schedule_lines,
    schedule_recipients,
    mail_enclosures,
    deals,
    deal_lines,
    deal_results,
    deal_claims,
    deal_receipts,
    deal_reminders,
    deal_attachments,
    deal_approvals,
);
