// Generated from internal/serve/api/testdata/openapi.json by npm run types. Do not edit.

export interface paths {
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List accounts */
        get: operations["listAccounts"];
        put?: never;
        /** Make an account and the link to set it up */
        post: operations["addAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change an account */
        put: operations["changeAccount"];
        post?: never;
        /** Remove an account, its sessions and its tokens */
        delete: operations["removeAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link by which an account is set up anew */
        post: operations["linkAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}/unlock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let an account sign in with its password again at once */
        post: operations["unlockAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Are we actually protected? */
        get: operations["answer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List assets */
        get: operations["listAssets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that is known of one asset */
        get: operations["asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{id}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was asked of an asset and what it asked */
        get: operations["assetOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{id}/peers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who an asset talks to */
        get: operations["assetPeers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count assets by the values of each filter */
        get: operations["assetFacets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that assets are one machine */
        post: operations["mergeAssets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that an asset is two machines */
        post: operations["splitAsset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boundary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What crosses between zones, and what covers it */
        get: operations["boundary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boundary/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conversations between zones with what covers them */
        get: operations["listBoundaryConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/captures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List imports of captures */
        get: operations["listCaptures"];
        put?: never;
        /** Import a capture: the body is the file */
        post: operations["importCapture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/captures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one import goes */
        get: operations["capture"];
        put?: never;
        post?: never;
        /** Cancel an import */
        delete: operations["cancelCapture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The certificate of this console and where it comes from */
        get: operations["certificate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conversations */
        get: operations["listConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was decided about assets */
        get: operations["listDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a decision about assets back */
        delete: operations["undoDecision"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrol/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Name the first administrator */
        post: operations["enrolAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrol/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enrol a passkey and sign in */
        post: operations["enrolPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrol/passkey/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to enrol a passkey */
        post: operations["beginEnrolPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrol/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose a password */
        post: operations["enrolPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrol/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove the app for one-time codes and sign in */
        post: operations["enrolCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes, as it changes
         * @description Server-sent events. Events named state have a State as data and come first, unless Last-Event-ID was given and nothing was missed: then there is one event named resume. An event named reset says that something was missed: ask again for what is shown; states follow it. Events named change have a Change as data. An event named heartbeat comes every 15 seconds: without one for longer than that the connection is dead.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Assets as a table for a spreadsheet */
        get: operations["exportAssets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes of assets as a table for a spreadsheet */
        get: operations["exportChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Conversations as a table for a spreadsheet */
        get: operations["exportConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Findings as a table for a spreadsheet */
        get: operations["exportFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Operations as a table for a spreadsheet */
        get: operations["exportOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List findings */
        get: operations["listFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One finding */
        get: operations["finding"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is kept of the past */
        get: operations["history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set for how long history is kept */
        put: operations["setRetention"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was done, the newest first */
        get: operations["ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A signed statement of what the ledger is now */
        get: operations["ledgerCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plant as a picture */
        get: operations["map"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/map/difference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is other in the plant between two days */
        get: operations["mapDifference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own account */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own passkeys */
        get: operations["listPasskeys"];
        put?: never;
        /** Add a passkey */
        post: operations["addPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a passkey */
        delete: operations["removePasskey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/passkeys/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to add a passkey */
        post: operations["beginAddPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change one's password; it needs an app for one-time codes */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make new recovery codes */
        post: operations["newRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own sessions */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of one's own sessions */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to set up an app for one-time codes */
        post: operations["beginCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove the app for one-time codes */
        post: operations["confirmCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plant in its people's words */
        get: operations["model"];
        /** Save a text as the next version */
        put: operations["saveModel"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what a text would do, and what is wrong in it */
        post: operations["checkModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model/difference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How two versions differ */
        get: operations["modelDifference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change single values; the text keeps its comments */
        post: operations["editModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List saved versions, the newest first */
        get: operations["listModelVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model/versions/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One saved version */
        get: operations["modelVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List operations */
        get: operations["listOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the plant is made of, in numbers */
        get: operations["overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cut packets out of a sensor's ring */
        get: operations["packets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packets/keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a cut of packets as evidence */
        post: operations["keepPackets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packets/kept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the cuts that are kept */
        get: operations["listKeptPackets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packets/kept/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The packets of a cut that is kept */
        get: operations["keptPackets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the boundary stands */
        get: operations["policy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was applied last, and how it goes */
        get: operations["policyApplied"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep what was applied */
        post: operations["confirmPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/containments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is contained or was, the newest first */
        get: operations["listContainments"];
        put?: never;
        /** Stop something for a time */
        post: operations["addContainment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/containments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a containment before its time */
        delete: operations["endContainment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/containments/{id}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Consent for operations to what waits for it */
        post: operations["consentContainment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/containments/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a containment would stop */
        post: operations["previewContainment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of the plant's life was recorded */
        get: operations["policyCoverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A revision as a firewall's configuration */
        get: operations["exportPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/flatness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How flat the network is, and what to close next */
        get: operations["policyFlatness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what the boundary lets through for a time */
        get: operations["listGrants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold a firewall's configuration against a revision */
        post: operations["importPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/marks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer a kind of conversation that would be stopped */
        post: operations["markBlocked"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/proofs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the wall stands, in four ways */
        get: operations["policyProofs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/proposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Zones and conduits made from what was seen */
        get: operations["policyProposal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/prove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read back and probe the boundary now */
        post: operations["provePolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List revisions, the newest first */
        get: operations["listRevisions"];
        put?: never;
        /** Make a revision of the plant model or a text */
        post: operations["addRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/revisions/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One revision with its text and policy */
        get: operations["revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/revisions/{n}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a revision into force until it is confirmed */
        post: operations["applyRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/revisions/{n}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve a revision for a side */
        post: operations["approveRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put back what was in force before */
        post: operations["rollbackPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a policy would have stopped, and how it differs from what is enforced */
        post: operations["simulatePolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sensors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sensors */
        get: operations["listSensors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sensors/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one sensor does */
        get: operations["sensor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in and what they may do */
        get: operations["session"];
        put?: never;
        post?: never;
        /** Sign out */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm who it is */
        post: operations["confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/confirm/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to confirm with a passkey who it is */
        post: operations["beginConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people can set */
        get: operations["settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How to sign in */
        get: operations["signIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a one-time link */
        post: operations["openLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin/oidc/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Go to an identity provider to sign in */
        get: operations["beginOIDC"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin/oidc/{id}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Come back from an identity provider */
        get: operations["finishOIDC"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey */
        post: operations["signInPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin/passkey/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in with a passkey */
        post: operations["beginPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signin/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a password and a one-time code */
        post: operations["signInPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API tokens: one's own, or all for those who administer */
        get: operations["listTokens"];
        put?: never;
        /** Make an API token */
        post: operations["addToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an API token */
        delete: operations["removeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much was said over time */
        get: operations["traffic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one's own views and those that are shared */
        get: operations["listViews"];
        put?: never;
        /** Save a view */
        post: operations["addView"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a view */
        put: operations["changeView"];
        post?: never;
        /** Remove a view */
        delete: operations["removeView"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ca.pem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The certificate of this installation's own authority, for those who are to trust it */
        get: operations["authority"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process lives */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The program can do its work; 503 if it can not */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            /** Format: date-time */
            created: string | null;
            display: string;
            /** @description For If-Match. */
            etag: string;
            grants: components["schemas"]["Grant"][];
            id: string;
            /**
             * @description A one-time link is open; empty if none is.
             * @enum {string}
             */
            link: "invite" | "recover" | "enter" | "";
            /** @description Signing in with a password is put off after failures. Passkeys are not. */
            locked: boolean;
            mail: string;
            name: string;
            /** Format: int64 */
            passkeys: number;
            password: boolean;
            /** @description The identity provider that has vouched for it, empty if none has. */
            provider: string;
            /**
             * Format: date-time
             * @description When it signed in last.
             */
            seen: string | null;
        };
        AccountName: {
            /** @description What people read; the name if it is left out. */
            display?: string;
            /** @description What to sign in as: letters, digits, dot, dash, underscore and @. */
            name: string;
        };
        AccountRef: {
            display: string;
            grants: components["schemas"]["Grant"][];
            id: string;
            name: string;
        };
        AccountRequest: {
            display?: string;
            /** @description None: the account exists and may do nothing. */
            grants: components["schemas"]["Grant"][];
            /** @description By which an identity provider may vouch for it. */
            mail?: string;
            /** @description What to sign in as: letters, digits, dot, dash, underscore and @. */
            name: string;
        };
        Action: {
            do: string;
            effect: string;
            link: string;
            /** @description it, operations. */
            owners: string[];
            /** @description The statement that it mends. */
            statement: string;
            /** @example in a window */
            when: string;
        };
        ApplyRequest: {
            /**
             * Format: int64
             * @description Seconds until it goes back unless it is confirmed; 0 is 300.
             */
            confirm_within?: number;
            /** @description Also outside a maintenance window of the lines concerned, and although conversations would be stopped. It takes a reason. */
            force?: boolean;
            reason?: string;
        };
        ApprovalNeed: {
            /** @description Names of others of that side, who can too. */
            others: string[];
            /** @description Names of those who own what it changes; they are asked first. */
            owners: string[];
            /** @enum {string} */
            side: "it" | "operations";
            /** @description Who asks can. */
            you: boolean;
        };
        Approve: {
            /** @description Of the revision as it was seen; if it is given it must be the revision's. */
            hash?: string;
            /** @enum {string} */
            side: "it" | "operations";
        };
        Asset: {
            /** @description Identifiers it had before; they still lead here. */
            aliases: string[];
            cell: string;
            /** @description What changed, the newest first. */
            changes: components["schemas"]["AssetChange"][];
            conflicts: components["schemas"]["Conflict"][];
            /** @description What it is made of, as sensors saw it; at most 1,000. */
            endpoints: components["schemas"]["Endpoint"][];
            facts: components["schemas"]["Fact"][];
            /** @description The findings it stands in, the most serious first. */
            findings: components["schemas"]["FindingRef"][];
            firmware: string;
            /** Format: date-time */
            first_seen: string | null;
            /**
             * Format: date-time
             * @description When it was no longer found; null while it is.
             */
            gone: string | null;
            hardware: string;
            id: string;
            ips: string[];
            /** @enum {string} */
            kind: "device" | "network" | "external";
            label: string;
            /** Format: date-time */
            last_seen: string | null;
            /**
             * Format: double
             * @description Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells.
             */
            level: number | null;
            line: string;
            macs: string[];
            /** @description In its rack, by slot. */
            modules: components["schemas"]["Module"][];
            names: string[];
            network: string;
            order_number: string;
            os: string;
            owners: components["schemas"]["AssetOwners"];
            /** @description What of the plant model places it. */
            placed_by: components["schemas"]["PlacedBy"];
            product: string;
            protocols: string[];
            /** @description Why it has this role, level, side and vendor, and why identities were merged. */
            reasons: components["schemas"]["Reason"][];
            role: string;
            serial: string;
            /** @enum {string} */
            side: "ot" | "it" | "unknown";
            site: string;
            vendor: string;
            vlans: number[];
            /** @description Of the plant model; empty if nothing places it. */
            zone: string;
        };
        AssetChange: {
            field: string;
            new: string;
            old: string;
            /** Format: date-time */
            when: string | null;
        };
        AssetCounts: {
            kinds: components["schemas"]["Count"][];
            roles: components["schemas"]["Count"][];
            sides: components["schemas"]["Count"][];
            /** Format: int64 */
            total: number;
            /**
             * Format: int64
             * @description Inside the site, with neither role nor vendor known.
             */
            unknown: number;
        };
        AssetDifference: {
            appeared: components["schemas"]["DayAsset"][];
            /**
             * Format: int64
             * @description Left out of both lists.
             */
            more: number;
            /**
             * Format: int64
             * @description Assets of which nothing kept tells whether they were there on both days.
             */
            unknown: number;
            vanished: components["schemas"]["DayAsset"][];
        };
        AssetOwner: {
            /**
             * @description What names the owner: line line-2, zone office, site.
             * @example line line-2
             */
            from: string;
            /** @description Of a person or team; empty for nobody. */
            id: string;
            name: string;
        };
        AssetOwners: {
            it: components["schemas"]["AssetOwner"];
            operations: components["schemas"]["AssetOwner"];
        };
        AssetRef: {
            /** @description Empty if no asset is known behind the address. */
            id: string;
            /** @enum {string} */
            kind: "device" | "network" | "external" | "";
            /** @description What people call it: its best name, else its address. */
            label: string;
            /**
             * Format: double
             * @description Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells.
             */
            level: number | null;
            role: string;
            /** @enum {string} */
            side: "ot" | "it" | "unknown";
        };
        AssetRow: {
            cell: string;
            /**
             * Format: int64
             * @description Fields for which claims were seen that cannot all be true.
             */
            conflicts: number;
            /**
             * Format: int64
             * @description How many facts are known of it.
             */
            facts: number;
            findings: components["schemas"]["FindingCounts"];
            firmware: string;
            /** Format: date-time */
            first_seen: string | null;
            /**
             * Format: date-time
             * @description When it was no longer found; null while it is.
             */
            gone: string | null;
            hardware: string;
            id: string;
            ips: string[];
            /** @enum {string} */
            kind: "device" | "network" | "external";
            /** @description What people call it: its best name, else its address. */
            label: string;
            /** Format: date-time */
            last_seen: string | null;
            /**
             * Format: double
             * @description Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells.
             */
            level: number | null;
            /** @description Of the plant model; empty if it belongs to none. */
            line: string;
            macs: string[];
            /**
             * Format: int64
             * @description How many modules its rack has.
             */
            modules: number;
            names: string[];
            /** @description The network it stands in: a prefix such as 10.1.2.0/24, or a VLAN where it has no IP address. */
            network: string;
            order_number: string;
            os: string;
            owners: components["schemas"]["OwnerIDs"];
            product: string;
            /** @description That it speaks. */
            protocols: string[];
            /** @example controller */
            role: string;
            serial: string;
            /** @enum {string} */
            side: "ot" | "it" | "unknown";
            site: string;
            vendor: string;
            vlans: number[];
            /** @description Of the plant model; empty if nothing places it. */
            zone: string;
        };
        Band: {
            /** Format: double */
            level: number | null;
            name: string;
        };
        Between: {
            /** @description Protocols without IP that may pass a bridge: profinet, ethercat, mrp, ptp, lldp, goose, sv, powerlink, sercos, or a number such as 0x8892. */
            ethernet?: string[];
            /** @enum {string} */
            stage?: "observe" | "shadow" | "enforce-new" | "enforce";
        };
        Blocked: {
            /** @description Somebody answered; without that nothing is lost. */
            answered: boolean;
            /** Format: int64 */
            client_count: number;
            /** @description 20 at most. */
            clients: components["schemas"]["AssetRef"][];
            /** @description The nearest one; empty if none leads there. */
            conduit: string;
            /** Format: int64 */
            conversations: number;
            /**
             * Format: double
             * @description Of a stop of the line, in the site's currency; 0 if it is not known.
             */
            cost_per_hour: number;
            /**
             * Format: double
             * @description Once for each stop.
             */
            cost_restart: number;
            /**
             * Format: int64
             * @description Connections.
             */
            count: number;
            /**
             * Format: int64
             * @description On how many days it was seen; 0 if nobody counted.
             */
            days: number;
            /** Format: date-time */
            first: string | null;
            /** @description Empty for assets in none. */
            from_zone: string;
            /** @description Names the kind, to answer it. */
            key: string;
            kinds: string[];
            /** Format: date-time */
            last: string | null;
            /** @description That it would touch; empty for none. */
            line: string;
            /** @description The console's page that shows the newest of them. */
            link: string;
            /** @description What somebody answered; null for nothing. */
            mark: components["schemas"]["BlockMark"] | null;
            /**
             * Format: int32
             * @description 0 where there is none or several are put together.
             */
            port: number;
            /** @description Empty where several are put together. */
            protocol: string;
            /** Format: int64 */
            server_count: number;
            /** @description 20 at most. */
            servers: components["schemas"]["AssetRef"][];
            /**
             * @description Of the pair of zones in what was tried: what it would do today.
             * @enum {string}
             */
            stage: "observe" | "shadow" | "enforce-new" | "enforce" | "";
            to_zone: string;
            /** @enum {string} */
            transport: "eth" | "tcp" | "udp" | "ip";
            /** @description What is missing, as a sentence. */
            why: string;
        };
        BlockMark: {
            /** Format: date-time */
            at: string | null;
            by: string;
            reason: string;
            /** @description The key of the kind. */
            row: string;
            /**
             * @description It may be stopped; the draft will be changed; it is left open until a day.
             * @enum {string}
             */
            says: "accept" | "fix" | "ignore";
            /** Format: date-time */
            until: string | null;
        };
        Boundary: {
            /**
             * Format: date-time
             * @description When this was added up.
             */
            at: string;
            /** @description Pairs of zones with conversations, those with most uncovered first. */
            cells: components["schemas"]["BoundaryCell"][];
            /** @description In the order of the model. */
            conduits: components["schemas"]["BoundaryConduit"][];
            /** @description Zones stand in the plant model. Else its networks serve as zones, and nothing is covered. */
            declared: boolean;
            /**
             * Format: int64
             * @description Conversations with an end that stands in no zone: whether they cross is not known.
             */
            unknown: number;
            /**
             * Format: int64
             * @description Assets that stand in no zone.
             */
            unplaced: number;
            /**
             * Format: int64
             * @description Of the model that decided; 0 for none.
             */
            version: number;
            zones: components["schemas"]["BoundaryZone"][];
        };
        BoundaryCell: {
            /**
             * Format: int64
             * @description Names, time and announcements that no conduit names: they need no decision of anyone.
             */
            aside: number;
            /**
             * Format: int64
             * @description That no conduit allows, and nobody answered.
             */
            attempts: number;
            /** Format: int64 */
            bytes: number;
            /** @description That cover some of it. */
            conduits: string[];
            /** Format: int64 */
            conversations: number;
            /**
             * Format: int64
             * @description That a conduit allows.
             */
            covered: number;
            /** Format: date-time */
            first: string | null;
            from: string;
            /** @description Of operations that were asked for, the most consequential first. */
            kinds: string[];
            /** Format: date-time */
            last: string | null;
            /** Format: int64 */
            packets: number;
            protocols: string[];
            to: string;
            /**
             * Format: int64
             * @description That no conduit allows, and that were answered.
             */
            uncovered: number;
        };
        BoundaryConduit: {
            /** @description In words: opcua (read, auth). */
            allow: string[];
            expired: boolean;
            /** @description From when on it does not hold; empty for never. */
            expires: string;
            from: string;
            id: string;
            /**
             * Format: date-time
             * @description When it was used last.
             */
            last: string | null;
            name: string;
            /** @description The review was due before today. */
            overdue: boolean;
            owners: components["schemas"]["AssetOwners"];
            reason: string;
            /** @description By when its owners look at it again; empty if no day is given. */
            review: string;
            to: string;
            /**
             * Format: int64
             * @description Conversations that it covers.
             */
            used: number;
        };
        BoundaryTalk: {
            /** @description Both sides were seen. */
            answered: boolean;
            /**
             * Format: int64
             * @description Lengths on the wire.
             */
            bytes: number;
            /** Format: int64 */
            bytes_from_client: number;
            client: components["schemas"]["AssetRef"];
            client_address: string;
            /** @description That covers it; empty if none does. */
            conduit: string;
            /** @description A message was decoded; the port alone did not decide. */
            confirmed: boolean;
            /** @description It goes from one side of the plant's network to the other. */
            crossing: boolean;
            /** Format: date-time */
            first: string | null;
            /** Format: int64 */
            flows: number;
            from_zone: string;
            /** @description Of operations that were asked for in it. */
            kinds: string[];
            /** Format: date-time */
            last: string | null;
            /**
             * Format: int64
             * @description TCP payload that the sensor did not get.
             */
            lost_bytes: number;
            /** @description Its first packet. */
            packet?: components["schemas"]["Packet"];
            /** Format: int64 */
            packets: number;
            /** Format: int64 */
            packets_from_client: number;
            /**
             * Format: int32
             * @description The server's; 0 where there is none.
             */
            port: number;
            protocol: string;
            server: components["schemas"]["AssetRef"];
            server_address: string;
            /** @enum {string} */
            state: "covered" | "uncovered" | "attempt" | "aside" | "within" | "unknown";
            to_zone: string;
            /** @enum {string} */
            transport: "eth" | "tcp" | "udp" | "ip";
            /** @description A sentence: what covers it, or what is missing for it to be covered. */
            why: string;
        };
        BoundaryZone: {
            /** Format: int64 */
            assets: number;
            id: string;
            /**
             * @description network where no zones are declared.
             * @enum {string}
             */
            kind: "enterprise" | "dmz" | "operations" | "cell" | "safety" | "vendor" | "wireless" | "internet" | "network";
            /** Format: double */
            level: number | null;
            name: string;
            owners: components["schemas"]["AssetOwners"];
            /**
             * Format: int64
             * @description Security level to reach, 0 if none is given.
             */
            target: number;
        };
        Box: {
            /** @description Those with findings first, then by label. */
            assets: components["schemas"]["MapAsset"][];
            id: string;
            /** @description Of the zone: enterprise, dmz, operations, cell, safety, vendor, wireless, internet; network else. */
            kind: string;
            /** Format: double */
            level: number | null;
            /** @description That all its assets with a line belong to; empty if there is none, or several. */
            line: string;
            /** @description What people call the zone; the network's name else. */
            name: string;
            /** @description Empty for a zone. */
            network: string;
            /**
             * @description Of most of its assets.
             * @enum {string}
             */
            side: "ot" | "it" | "unknown";
            site: string;
            /**
             * Format: int64
             * @description Assets in it, drawn or not.
             */
            total: number;
            /** @description Of the plant model; empty for a network whose assets stand in no zone. */
            zone: string;
        };
        Cell: {
            id: string;
            members: components["schemas"]["Member"][];
            name: string;
            note: string;
            owners: components["schemas"]["Owners"];
        };
        Certificate: {
            /** @description SHA-256 of this installation's own authority, to be compared by those who are to trust it; empty if another one vouches for it. */
            authority_fingerprint: string;
            /** @description SHA-256 of the certificate. */
            fingerprint: string;
            issuer: string;
            /**
             * @description Where it comes from; off if this program serves without TLS.
             * @enum {string}
             */
            mode: "own" | "files" | "acme" | "off";
            /** @description For which it holds. */
            names: string[];
            /** @description Why it is not as it should be; empty if it is. */
            problem: string;
            /**
             * Format: date-time
             * @description null without a certificate.
             */
            until: string | null;
        };
        Change: {
            id: string;
            /** @enum {string} */
            op: "put" | "remove";
            /** @enum {string} */
            topic: "assets" | "sensors" | "captures" | "findings" | "overview";
            /** @description The thing as its list route gives it; absent on remove, and where it is large: ask for it. */
            value?: unknown;
        };
        Check: {
            name: string;
            ok: boolean;
            /** @description In words for a person, without details of the machine; empty if all is well. */
            problem: string;
        };
        Code: {
            code: string;
        };
        CodeSecret: {
            /** @description The URI as a picture: data:image/png;base64,… */
            qr: string;
            /** @description Base 32, to be typed in. */
            secret: string;
            /** @description otpauth://… */
            uri: string;
        };
        Conduit: {
            allow: components["schemas"]["Service"][];
            expires?: string;
            from: string;
            id: string;
            name: string;
            owners: components["schemas"]["Owners"];
            reason: string;
            review?: string;
            /** @enum {string} */
            stage?: "observe" | "shadow" | "enforce-new" | "enforce";
            to: string;
        };
        Confirmation: {
            code?: string;
            /** @description PublicKeyCredential.toJSON(). */
            credential?: {
                [key: string]: unknown;
            };
            password?: string;
        };
        Conflict: {
            facts: components["schemas"]["Fact"][];
            field: string;
            why: string;
        };
        Consent: {
            account: string;
            /** Format: date-time */
            at: string | null;
            name: string;
            person: string;
        };
        ContainmentPreview: {
            addrs: string[];
            lines: components["schemas"]["LineStop"][];
            /** @description It needs the consent of operations: something stands on a line. */
            needs: boolean;
            /** @description Pairs of zones that are cut. */
            pairs: string[][];
            /**
             * Format: date-time
             * @description When an island was last looked at for the enforced revision; null for never. To look is to rehearse.
             */
            rehearsed: string | null;
            says: string;
            /** @description Recorded conversations that pass now, in kinds, the worst first; 500 at most. */
            stops: components["schemas"]["Blocked"][];
            /** @description What of it the boundary cannot stop, since it does not cross it; empty for nothing. */
            unenforced: string;
            /** @description Who asks can give it. */
            you: boolean;
        };
        ContainmentRequest: {
            asset?: string;
            conduit?: string;
            /** @description Who asks consents for operations, whom they speak for. Without it what touches a line waits for somebody who does. */
            consent?: boolean;
            /** @description All zones of IT from all zones of the plant. */
            island?: boolean;
            /** @description Two zones. */
            pair?: string[];
            reason: string;
            /**
             * Format: date-time
             * @description At most a week from now.
             */
            until: string;
        };
        ContainmentTarget: {
            asset?: string;
            conduit?: string;
            /** @description All zones of IT from all zones of the plant. */
            island?: boolean;
            /** @description Two zones. */
            pair?: string[];
        };
        Conversation: {
            /** @description Both sides were seen. */
            answered: boolean;
            /**
             * Format: int64
             * @description Lengths on the wire.
             */
            bytes: number;
            /** Format: int64 */
            bytes_from_client: number;
            client: components["schemas"]["AssetRef"];
            client_address: string;
            /** @description A message was decoded; the port alone did not decide. */
            confirmed: boolean;
            /** @description It goes from one side of the plant's network to the other. */
            crossing: boolean;
            /** Format: date-time */
            first: string | null;
            /** Format: int64 */
            flows: number;
            /** Format: date-time */
            last: string | null;
            /**
             * Format: int64
             * @description TCP payload that the sensor did not get.
             */
            lost_bytes: number;
            /** @description Its first packet. */
            packet?: components["schemas"]["Packet"];
            /** Format: int64 */
            packets: number;
            /** Format: int64 */
            packets_from_client: number;
            /**
             * Format: int32
             * @description The server's; 0 where there is none.
             */
            port: number;
            protocol: string;
            server: components["schemas"]["AssetRef"];
            server_address: string;
            /** @enum {string} */
            transport: "eth" | "tcp" | "udp" | "ip";
        };
        Cost: {
            /**
             * Format: double
             * @description For each hour that the line stands.
             */
            per_hour: number;
            /**
             * Format: double
             * @description Once for each stop: cleaning, scrap, starting up.
             */
            restart: number;
            /**
             * Format: double
             * @description Once for each stop that outlasts spoils_after: what must be thrown away.
             */
            spoilage: number;
            /**
             * Format: double
             * @description Hours after which spoilage is lost; 0 is at once.
             */
            spoils_after: number;
        };
        Count: {
            /** Format: int64 */
            count: number;
            value: string;
        };
        CriticalSeen: {
            /** @description Address. */
            client: string;
            /**
             * Format: date-time
             * @description When it was seen last since then; null for not yet.
             */
            last: string | null;
            /** @description That lives on it; empty if none is known. */
            line: string;
            /** @description It was seen, within its period. */
            ok: boolean;
            /**
             * Format: double
             * @description How often it comes, in seconds.
             */
            period: number;
            /** Format: int32 */
            port: number;
            /**
             * Format: int32
             * @description Number of the IP protocol: 6 is TCP, 17 UDP.
             */
            proto: number;
            /** @example SCADA server polls Filler by modbus */
            says: string;
            /** @description Address. */
            server: string;
        };
        DayAsset: {
            /** @description Identifier of its box on the map. */
            box: string;
            /** Format: date-time */
            first_seen: string | null;
            /** @description Empty if no asset is known behind the address. */
            id: string;
            /** @enum {string} */
            kind: "device" | "network" | "external" | "";
            /** @description What people call it: its best name, else its address. */
            label: string;
            /** Format: date-time */
            last_seen: string | null;
            /**
             * Format: double
             * @description Purdue level 0 to 5, 3.5 is the DMZ; null if nothing tells.
             */
            level: number | null;
            /** @description It was seen for the first time after the first day, or not since before the second. Otherwise it only said nothing on one of the days. */
            proven: boolean;
            role: string;
            /** @enum {string} */
            side: "ot" | "it" | "unknown";
        };
        DayEdge: {
            /** @enum {string} */
            between: "boxes" | "assets";
            /**
             * Format: int64
             * @description On the first day.
             */
            bytes_from: number;
            /**
             * Format: int64
             * @description On the second day.
             */
            bytes_to: number;
            /** @description It goes from one side of the plant's network to the other. */
            crossing: boolean;
            /** @description Identifier on the map of the box or asset that asks. */
            from: string;
            from_label: string;
            /** @description Protocols that were only there on the first day. */
            gone: string[];
            /** @description Protocols that were only there on the second day. */
            new: string[];
            /**
             * Format: int64
             * @description On both days.
             */
            packets: number;
            /** @description On both days together. */
            protocols: string[];
            to: string;
            to_label: string;
            /** @description The other day is not kept whole, so that it may have been there. */
            unproven: boolean;
        };
        DayKnown: {
            /** Format: date-time */
            begins: string;
            /** Format: date */
            day: string;
            /** Format: date-time */
            ends: string;
            /**
             * Format: date-time
             * @description Of what is kept.
             */
            first: string | null;
            /**
             * Format: double
             * @description Hours of the day that something is kept of.
             */
            hours: number;
            /**
             * @description How much of the day conversations are kept of.
             * @enum {string}
             */
            kept: "whole" | "part" | "nothing";
            /** Format: date-time */
            last: string | null;
            /** @description The same in a sentence, empty if the whole day is kept. */
            says: string;
            /**
             * @description The coarsest step of what is kept; a row of a step that reaches over midnight counts for both days.
             * @enum {string}
             */
            step: "minute" | "hour" | "day" | "";
        };
        DecidedAsset: {
            id: string;
            label: string;
        };
        DecidedEndpoint: {
            /** @description Empty where there is none. */
            ip: string;
            /** @description Empty where there is none. */
            mac: string;
            /**
             * Format: int64
             * @description For a merge the place of its asset in assets; for a split 0 for what was taken out and 1 for what stayed.
             */
            part: number;
            /** Format: int32 */
            vlan: number;
        };
        Decision: {
            /** @description As they were called when it was decided; the identifiers still lead to what became of them. Of a split the one that was taken apart. */
            assets: components["schemas"]["DecidedAsset"][];
            /** Format: date-time */
            at: string;
            /** @description Who decided. */
            by: string;
            /** @description One for each interface or address that it is about. */
            endpoints: components["schemas"]["DecidedEndpoint"][];
            /**
             * Format: date-time
             * @description When the inventory first followed it, or its undoing; null for a second or two after that.
             */
            followed: string | null;
            id: string;
            /** @enum {string} */
            kind: "merge" | "split";
            reason: string;
            site: string;
            /** @description Absent while it holds. */
            undone?: components["schemas"]["Undone"];
        };
        Done: {
            done: boolean;
        };
        Edge: {
            /** @enum {string} */
            between: "boxes" | "assets";
            /** Format: int64 */
            bytes: number;
            /** @description Of the plant model, that cover some of it. */
            conduits: string[];
            crossing: boolean;
            /** @description Identifier of the box or asset that asks. */
            from: string;
            /** Format: date-time */
            last: string | null;
            /** @description Kinds of operation that were asked for, the most consequential first. */
            operations: string[];
            /** Format: int64 */
            packets: number;
            protocols: string[];
            to: string;
            /**
             * Format: int64
             * @description Conversations between zones that were answered and that no conduit covers.
             */
            uncovered: number;
        };
        EdgeDifference: {
            appeared: components["schemas"]["DayEdge"][];
            /** @description Bytes at least four times as many or a quarter, or other protocols. */
            changed: components["schemas"]["DayEdge"][];
            /**
             * Format: int64
             * @description Left out of the lists; those between boxes and the largest are listed first.
             */
            more: number;
            vanished: components["schemas"]["DayEdge"][];
        };
        Endpoint: {
            /** @description Empty where there is none. */
            ip: string;
            /** @description Empty where there is none. */
            mac: string;
            /** Format: int32 */
            vlan: number;
        };
        Enforcer: {
            id: string;
            /**
             * Format: date-time
             * @description When it answered last; null for not since the hub was started.
             */
            last_seen: string | null;
            /**
             * @description How it stands in the network: router, proxy-arp, bridge.
             * @example proxy-arp
             */
            mode: string;
            /** @description It answers, and holds what it was told to. */
            ok: boolean;
            /** @description How it is, as a sentence; what to do where it is not well. */
            says: string;
            /**
             * Format: date-time
             * @description Since when it does not answer; null while it does.
             */
            since: string | null;
        };
        Enrolled: {
            /** @description Shown once; each signs in once in place of a one-time code. Empty after a passkey. */
            recovery_codes: string[];
            session: components["schemas"]["Session"];
        };
        Evidence: {
            link: string;
            text: string;
        };
        Facets: {
            cells: components["schemas"]["Count"][];
            kinds: components["schemas"]["Count"][];
            /** @description The level as text; unknown where nothing tells. */
            levels: components["schemas"]["Count"][];
            lines: components["schemas"]["Count"][];
            networks: components["schemas"]["Count"][];
            /** @description People and teams, on either side; none for assets that lack one of the two. */
            owners: components["schemas"]["Count"][];
            protocols: components["schemas"]["Count"][];
            roles: components["schemas"]["Count"][];
            sides: components["schemas"]["Count"][];
            sites: components["schemas"]["Count"][];
            /**
             * Format: int64
             * @description Assets that match all filters.
             */
            total: number;
            vendors: components["schemas"]["Count"][];
            /** @description Of the plant model; none where nothing places them. */
            zones: components["schemas"]["Count"][];
        };
        Fact: {
            /**
             * Format: double
             * @description How sure such a message makes us.
             */
            confidence: number;
            /**
             * Format: int64
             * @description How often it was seen.
             */
            count: number;
            /** @example firmware */
            field: string;
            /** Format: date-time */
            first: string | null;
            /** Format: date-time */
            last: string | null;
            /** @description The first packet that showed it. */
            packet?: components["schemas"]["Packet"];
            /**
             * @description The message that showed it.
             * @example s7comm.szl
             */
            source: string;
            value: string;
        };
        Finding: {
            /** @description The one to look at first, first. */
            assets: components["schemas"]["AssetRef"][];
            /**
             * Format: date-time
             * @description When it was no longer found; null while it is open.
             */
            closed: string | null;
            /** Format: int64 */
            count: number;
            /** @description One line each. */
            details: string[];
            /** @description Packets that show it. */
            evidence: components["schemas"]["Packet"][];
            /** Format: date-time */
            first: string | null;
            id: string;
            /** Format: date-time */
            last: string | null;
            /** @enum {string} */
            level: "high" | "medium" | "low" | "info";
            /** @description What to do, the first step first. */
            next: string[];
            /**
             * Format: date-time
             * @description When it was first found.
             */
            opened: string | null;
            /** @example cleartext-login */
            rule: string;
            site: string;
            title: string;
            why: string;
        };
        FindingCounts: {
            /** Format: int64 */
            high: number;
            /** Format: int64 */
            info: number;
            /** Format: int64 */
            low: number;
            /** Format: int64 */
            medium: number;
        };
        FindingRef: {
            id: string;
            /** @enum {string} */
            level: "high" | "medium" | "low" | "info";
            title: string;
        };
        Flatness: {
            /** @description What the number is made of, the heaviest first. */
            derivation: components["schemas"]["FlatnessTerm"][];
            /** @description It is of what is enforced; else of a network without a wall. */
            enforced: boolean;
            /** @description What to close next; null where nothing is left. */
            next: components["schemas"]["FlatnessNext"] | null;
            /**
             * Format: double
             * @description 0 is a plant whose controllers nobody outside their cells reaches, 100 one where everything reaches everything. Null where nothing can be said.
             */
            number: number | null;
            /** @description What comes after it, nine at most. */
            others: components["schemas"]["FlatnessNext"][];
            says: string;
        };
        FlatnessNext: {
            /**
             * Format: int64
             * @description Conversations that would be stopped.
             */
            blocked: number;
            /** @description To close or narrow; empty where a pair of zones is to be enforced. */
            conduit: string;
            /**
             * Format: double
             * @description Of those lines.
             */
            cost_per_hour: number;
            from: string;
            /**
             * Format: double
             * @description By how much the number falls.
             */
            gains: number;
            /**
             * Format: date-time
             * @description Of those conversations.
             */
            last: string | null;
            lines: string[];
            /**
             * Format: double
             * @description What it would be then.
             */
            number: number;
            /**
             * Format: double
             * @description Of conversations that would be stopped, by how lately and on which line; 0 for none.
             */
            risk: number;
            says: string;
            to: string;
        };
        FlatnessTerm: {
            /** Format: int64 */
            assets_from: number;
            /**
             * Format: int64
             * @description That do something to the process.
             */
            assets_to: number;
            /**
             * Format: double
             * @description To the number.
             */
            contribution: number;
            /** @description Zone; empty for what stands in none. */
            from: string;
            from_name: string;
            /**
             * Format: double
             * @description 0 to 1: how far from reaches into to.
             */
            reaches: number;
            to: string;
            to_name: string;
            /**
             * Format: double
             * @description Of the targets together.
             */
            weight: number;
            why: string;
        };
        Grant: {
            /** @enum {string} */
            role: "viewer" | "operator" | "engineer" | "auditor" | "administrator";
            /** @description A site's name, * for all. */
            site: string;
        };
        Health: {
            checks: components["schemas"]["Check"][];
            /** @enum {string} */
            status: "ok" | "not ready";
        };
        History: {
            /** Format: int64 */
            bytes: number;
            /** @description Newest first. */
            days: components["schemas"]["HistoryDay"][];
            /** Format: date-time */
            newest: string | null;
            /** Format: date-time */
            oldest: string | null;
            retention: components["schemas"]["Retention"];
            /** Format: int64 */
            rows: number;
        };
        HistoryDay: {
            /** Format: int64 */
            bytes: number;
            /** Format: date */
            day: string;
            /** @enum {string} */
            kind: "conversations" | "operations";
            /** Format: int64 */
            rows: number;
            /**
             * Format: int64
             * @description Files.
             */
            segments: number;
            site: string;
            /**
             * @description What one row covers.
             * @enum {string}
             */
            step: "minute" | "hour" | "day";
        };
        ImportedRule: {
            allow: boolean;
            /** @description That it stands for; empty for none. */
            conduit: string;
            /** @description Empty for every address. */
            from: string[];
            /**
             * Format: int64
             * @description 0 if it stands on none.
             */
            line: number;
            /** @description In words: tcp 443; empty for everything. */
            matches: string[];
            name: string;
            to: string[];
        };
        Job: {
            /**
             * Format: int64
             * @description Size of the file.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Of the file, up to now.
             */
            bytes_read: number;
            /** Format: date-time */
            created: string | null;
            /** Format: date-time */
            ended: string | null;
            id: string;
            /** @description Of the file, as the one who sent it called it. */
            name: string;
            /**
             * Format: int64
             * @description Read up to now.
             */
            packets: number;
            /** @description Why it failed and what to do; empty if it did not. */
            problem: string;
            /** @description The name under which its observations come. */
            sensor: string;
            /** @description Of the file, hexadecimal. */
            sha256: string;
            site: string;
            /** Format: date-time */
            started: string | null;
            /** @enum {string} */
            state: "queued" | "reading" | "done" | "failed" | "cancelled";
        };
        KeepRequest: {
            /**
             * Format: int64
             * @description Packets before and after number.
             */
            around?: number;
            /** @description Only packets from or to this asset's addresses. */
            asset?: string;
            /**
             * Format: date-time
             * @description Instead of number, or to make it certain: packets from this time on.
             */
            from?: string;
            /** @description Why they are kept. */
            note?: string;
            /**
             * Format: int64
             * @description A packet's number; with around, those before and after it.
             */
            number?: number;
            /** @description Only those between asset and this asset. */
            peer?: string;
            /** @description The sensor whose ring holds them. */
            sensor: string;
            /** @description Needed only where two sites have a sensor of this name. */
            site?: string;
            /**
             * Format: date-time
             * @description Packets before this time; at most one day after from.
             */
            to?: string;
        };
        KeptPackets: {
            /**
             * Format: int64
             * @description Of the file.
             */
            bytes: number;
            /**
             * Format: date-time
             * @description Time of its first packet.
             */
            from: string | null;
            id: string;
            /**
             * Format: date-time
             * @description When it was kept.
             */
            made: string | null;
            note: string;
            /** Format: int64 */
            packets: number;
            sensor: string;
            /** @description Of the file, hexadecimal. */
            sha256: string;
            site: string;
            /** Format: date-time */
            to: string | null;
        };
        LearningCoverage: {
            /** @description Nobody wrote down shifts: three of eight hours are assumed. */
            assumed: boolean;
            /** Format: int64 */
            changeovers: number;
            /** @description To enforce. */
            enough: boolean;
            /** Format: date-time */
            from: string | null;
            /**
             * Format: double
             * @description Hours.
             */
            longest_gap: number;
            /** @description What was not seen yet, as sentences. */
            missing: string[];
            /** Format: int64 */
            month_ends: number;
            /** @example 18 of 21 shifts of a week: 3 night shifts missing, 1 month-end, 0 changeovers */
            says: string;
            /**
             * Format: int64
             * @description Of a week, that were seen.
             */
            shifts: number;
            /** Format: int64 */
            shifts_of: number;
            /** @description The shifts of a week. */
            slots: components["schemas"]["ShiftSeen"][];
            /** Format: date-time */
            to: string | null;
            /**
             * Format: double
             * @description Hours.
             */
            watched: number;
            /** Format: int64 */
            weekends: number;
            /**
             * Format: int64
             * @description Conversations that come once a week, and came twice.
             */
            weekly_jobs: number;
            /**
             * Format: int64
             * @description Whole ones.
             */
            weeks: number;
            /**
             * Format: int64
             * @description Maintenance windows.
             */
            windows: number;
        };
        LedgerCheckpoint: {
            /** @description Of the ledger. */
            name: string;
            /** @description What was found wrong with the ledger when the hub started; empty if nothing was. */
            problem: string;
            /** @description The key that verifies it, as tools of signed notes take it. */
            public_key: string;
            /** @description Of their hash tree (RFC 6962), in hexadecimal. */
            root: string;
            /**
             * Format: int64
             * @description How many records it has.
             */
            size: number;
            /** @description The signed note. Keep it elsewhere: bulkhead ledger verify --checkpoint FILE holds the ledger against it. */
            text: string;
        };
        LedgerRecord: {
            /** @description The operation of the API, or what was done. */
            act: string;
            /** @description The account's identifier; "host root" for the command line; empty if nobody is known. */
            actor: string;
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description How many acts it stands for.
             */
            count: number;
            detail: string;
            /** @description The address it came from. */
            from: string;
            /**
             * Format: int64
             * @description From 0, without gaps.
             */
            index: number;
            /** @description What the actor is called. */
            name: string;
            /** @description What it was done to. */
            object: string;
            /**
             * Format: int64
             * @description The index of the record of the same act before it; 0 for none.
             */
            of: number;
            /**
             * @description Asked is recorded before an act and done, refused or failed after it; read when evidence was given out.
             * @enum {string}
             */
            outcome: "asked" | "done" | "refused" | "failed" | "read";
            /**
             * Format: int64
             * @description Of the HTTP answer; 0 for none.
             */
            status: number;
            /** @description The identifier of the API token that was used; empty for none. */
            token: string;
            /** @description How the actor was known: session, token, link, command line. */
            via: string;
        };
        Line: {
            cells: components["schemas"]["Cell"][];
            cost: components["schemas"]["Cost"];
            id: string;
            /** @description What belongs to the line and to none of its cells. */
            members: components["schemas"]["Member"][];
            name: string;
            note: string;
            owners: components["schemas"]["Owners"];
        };
        LineStop: {
            /**
             * Format: int64
             * @description Kinds of conversation.
             */
            blocked: number;
            /** Format: double */
            cost_per_hour: number;
            /**
             * Format: int64
             * @description Connections.
             */
            count: number;
            /** Format: date-time */
            last: string | null;
            /** @description Empty for what belongs to no line. */
            line: string;
            name: string;
            /** Format: int64 */
            refused: number;
        };
        Link: {
            /** Format: date-time */
            expires: string | null;
            /** @enum {string} */
            kind: "invite" | "recover";
            /** @description To be opened at the console's address; shown once. */
            path: string;
        };
        LinkOpened: {
            display: string;
            /**
             * Format: date-time
             * @description Of the enrolment.
             */
            expires: string | null;
            /**
             * @description With enter the answer has a session; else a cookie was set that lets /enrol be used for ten minutes.
             * @enum {string}
             */
            kind: "setup" | "invite" | "recover" | "enter";
            /** @description Of the account; empty with setup. */
            name: string;
            /** @description Null unless the link signs in. */
            session: components["schemas"]["Session"] | null;
        };
        LinkToken: {
            /** @description What stands behind # in the link. */
            token: string;
        };
        ListAccount: {
            /** @description The rows of this page. */
            items: components["schemas"]["Account"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListAssetRow: {
            /** @description The rows of this page. */
            items: components["schemas"]["AssetRow"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListBoundaryTalk: {
            /** @description The rows of this page. */
            items: components["schemas"]["BoundaryTalk"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListConversation: {
            /** @description The rows of this page. */
            items: components["schemas"]["Conversation"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListDecision: {
            /** @description The rows of this page. */
            items: components["schemas"]["Decision"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListFinding: {
            /** @description The rows of this page. */
            items: components["schemas"]["Finding"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListJob: {
            /** @description The rows of this page. */
            items: components["schemas"]["Job"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListKeptPackets: {
            /** @description The rows of this page. */
            items: components["schemas"]["KeptPackets"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListLedgerRecord: {
            /** @description The rows of this page. */
            items: components["schemas"]["LedgerRecord"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListModelVersion: {
            /** @description The rows of this page. */
            items: components["schemas"]["ModelVersion"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListOperation: {
            /** @description The rows of this page. */
            items: components["schemas"]["Operation"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListPasskey: {
            /** @description The rows of this page. */
            items: components["schemas"]["Passkey"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListPeer: {
            /** @description The rows of this page. */
            items: components["schemas"]["Peer"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListPolicyContainment: {
            /** @description The rows of this page. */
            items: components["schemas"]["PolicyContainment"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListPolicyGrant: {
            /** @description The rows of this page. */
            items: components["schemas"]["PolicyGrant"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListPolicyRevision: {
            /** @description The rows of this page. */
            items: components["schemas"]["PolicyRevision"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListSensor: {
            /** @description The rows of this page. */
            items: components["schemas"]["Sensor"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListSessionInfo: {
            /** @description The rows of this page. */
            items: components["schemas"]["SessionInfo"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListToken: {
            /** @description The rows of this page. */
            items: components["schemas"]["Token"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        ListView: {
            /** @description The rows of this page. */
            items: components["schemas"]["View"][];
            /** @description There are more than total. */
            more: boolean;
            /** @description Give this as cursor to get the page after this one. Absent on the last page. */
            next?: string;
            /**
             * Format: int64
             * @description How many rows match over all pages; for conversations and operations counting stops at 10,000.
             */
            total: number;
        };
        LooksWrong: {
            client: components["schemas"]["AssetRef"];
            /** Format: int64 */
            conversations: number;
            /**
             * Format: int64
             * @description Connections.
             */
            count: number;
            /** Format: date-time */
            first: string | null;
            from_zone: string;
            kinds: string[];
            /** Format: date-time */
            last: string | null;
            /** @description The console's page that shows it. */
            link: string;
            /** Format: int32 */
            port: number;
            protocol: string;
            /** @example control */
            rule: string;
            server: components["schemas"]["AssetRef"];
            to_zone: string;
            /** @enum {string} */
            transport: "eth" | "tcp" | "udp" | "ip";
            why: string;
        };
        Map: {
            /**
             * Format: date-time
             * @description The time it shows.
             */
            at: string;
            /** @description Highest level first; the one without a level is last. */
            bands: components["schemas"]["Band"][];
            boxes: components["schemas"]["Box"][];
            /** @description Between boxes, added up; and between assets where sides are crossed. */
            edges: components["schemas"]["Edge"][];
            /**
             * Format: date-time
             * @description From when on its edges count; null for all time.
             */
            from: string | null;
            /**
             * Format: int64
             * @description Assets left out because there are too many to draw; each box counts its own.
             */
            more: number;
        };
        MapAsset: {
            id: string;
            /** @enum {string} */
            kind: "device" | "network" | "external";
            label: string;
            /** Format: double */
            level: number | null;
            /** @description Of the plant model. */
            line: string;
            role: string;
            /** @enum {string} */
            side: "ot" | "it" | "unknown";
            vendor_known: boolean;
            /**
             * @description The level of its most serious finding.
             * @enum {string}
             */
            worst: "high" | "medium" | "low" | "info" | "none";
        };
        MapDifference: {
            assets: components["schemas"]["AssetDifference"];
            edges: components["schemas"]["EdgeDifference"];
            from: components["schemas"]["DayKnown"];
            site: string;
            /** @description In which the days begin and end: the site's, UTC if its model names none. */
            time_zone: string;
            to: components["schemas"]["DayKnown"];
        };
        Me: {
            /** @description An app for one-time codes is set up. */
            codes: boolean;
            display: string;
            grants: components["schemas"]["Grant"][];
            id: string;
            mail: string;
            name: string;
            passkeys: components["schemas"]["Passkey"][];
            /** @description A password is set. */
            password: boolean;
            /**
             * Format: int64
             * @description That are left.
             */
            recovery_codes: number;
        };
        Member: {
            /** @description An asset's identifier. */
            asset?: string;
            /** @description Whatever stands in this cell. */
            cell?: string;
            /** @description Whatever stands in this line. */
            line?: string;
            mac?: string;
            /** @description A pattern of one of its names: * is any text, ? any one character; case does not matter. */
            name?: string;
            role?: string;
            subnet?: string;
            /** Format: int32 */
            vlan?: number;
        };
        MergeRequest: {
            /** @description The first keeps its identifier; the others' lead to it. */
            assets: string[];
            /** @description Stands among the asset's reasons. */
            reason: string;
        };
        Methods: {
            /** @description Identity providers; the console sends the browser to /api/v1/signin/oidc/{id}. */
            oidc: components["schemas"]["Provider"][];
            /** @description False where the address is an IP address: browsers bind passkeys to names. */
            passkey: boolean;
            password: boolean;
        };
        Model: {
            /** @description How strictly the boundary is held where no conduit says so. */
            boundary: components["schemas"]["Between"];
            conduits: components["schemas"]["Conduit"][];
            /** @description Of a stop of a line that names none of its own. */
            cost: components["schemas"]["Cost"];
            /** @description Of all costs: an ISO 4217 code. */
            currency: string;
            lines: components["schemas"]["Line"][];
            /** @description What people call the site. */
            name: string;
            /** @description Of whatever names none of its own. */
            owners: components["schemas"]["Owners"];
            people: components["schemas"]["Person"][];
            /** @description The site's identifier, as sensors report it. */
            site: string;
            teams: components["schemas"]["Team"][];
            /** @description Of maintenance windows and shifts: a name of the IANA time zone database. */
            time_zone: string;
            windows: components["schemas"]["Window"][];
            zones: components["schemas"]["Zone"][];
        };
        ModelChange: {
            new: string;
            old: string;
            /** @enum {string} */
            op: "add" | "remove" | "change";
            /** @example lines[line-2].owners.operations */
            path: string;
            /**
             * @description The change as a sentence.
             * @example line line-2 (Filling): owner in operations: Bernd Ott → Carla Diaz
             */
            says: string;
        };
        ModelCheck: {
            /** @description Against the newest version; empty while the text has errors. */
            changes: components["schemas"]["ModelChange"][];
            /** @description Where the site's assets would stand; absent while the text has errors. */
            effect?: components["schemas"]["ModelEffect"];
            /** @description What the text says; absent while it has errors. */
            model?: components["schemas"]["Model"];
            /** @description In which zone each asset would stand, by identifier; empty for none. */
            places?: {
                [key: string]: string;
            };
            /** @description In the order of the text. Where an edit cannot be made it is the only one, and says why. */
            problems: components["schemas"]["ModelProblem"][];
            /** @description The text after the edits. */
            text?: string;
        };
        ModelDifference: {
            changes: components["schemas"]["ModelChange"][];
            /** @description Of the texts, in unified format. */
            diff: string;
            /**
             * Format: int64
             * @description 0 is before the first.
             */
            from: number;
            /** Format: int64 */
            to: number;
        };
        ModelDraft: {
            /** @description Made to the text before it is checked; nothing is saved. */
            edits?: components["schemas"]["ModelEdit"][];
            site: string;
            text: string;
            /** @description The answer also has the text, what it says and where every asset would stand. */
            whole?: boolean;
        };
        ModelEdit: {
            /**
             * @description set gives the path a value; add puts one more member into the list at the path; remove takes away what is at the path.
             * @enum {string}
             */
            op: "set" | "add" | "remove";
            /**
             * @description Keys with points between; members of a list by their identifier or number in brackets.
             * @example lines[line-2].owners.operations
             */
            path: string;
            /** @description For set and add: a text, number, true or false, list or group of keys. */
            value?: unknown;
        };
        ModelEdits: {
            edits: components["schemas"]["ModelEdit"][];
            note?: string;
            site: string;
        };
        ModelEffect: {
            /**
             * Format: int64
             * @description Conversations between zones that a conduit would cover; null if there are too many to look at just now.
             */
            covered: number | null;
            /**
             * Format: int64
             * @description That stand in another zone or line now.
             */
            moved: number;
            /** @description In the order of the text. */
            per_zone: components["schemas"]["ZoneEffect"][];
            /**
             * Format: int64
             * @description Assets with a zone.
             */
            placed: number;
            /**
             * Format: int64
             * @description Conversations between zones that were answered and no conduit would cover, as far as their operations are known.
             */
            uncovered: number | null;
            /** Format: int64 */
            unplaced: number;
        };
        ModelProblem: {
            /**
             * Format: int64
             * @description From 1, in characters.
             */
            column: number;
            /** @description What would be right; may be empty. */
            hint: string;
            /**
             * Format: int64
             * @description Characters to underline.
             */
            length: number;
            /**
             * Format: int64
             * @description From 1.
             */
            line: number;
            /** @description What is wrong. */
            message: string;
            /** @example lines[line-2].owners.it */
            path: string;
            /**
             * @description A text with an error cannot be saved; one with warnings can.
             * @enum {string}
             */
            severity: "error" | "warning";
        };
        ModelRefusal: {
            detail: string;
            problems?: components["schemas"]["ModelProblem"][];
            /** Format: int64 */
            status: number;
            title: string;
            type: string;
        };
        ModelText: {
            /** @description Why it is changed; for the history. */
            note?: string;
            site: string;
            text: string;
        };
        ModelVersion: {
            /** Format: date-time */
            at: string | null;
            author: string;
            note: string;
            /** Format: int64 */
            version: number;
        };
        Module: {
            facts: components["schemas"]["Fact"][];
            firmware: string;
            hardware: string;
            order_number: string;
            product: string;
            serial: string;
            /** Format: int64 */
            slot: number;
            vendor: string;
        };
        NewAccount: {
            account: components["schemas"]["Account"];
            link: components["schemas"]["Link"];
        };
        NewMark: {
            reason: string;
            row: string;
            /**
             * @description none takes the answer back.
             * @enum {string}
             */
            says: "accept" | "fix" | "ignore" | "none";
            /**
             * Format: date-time
             * @description For ignore: from then on it counts again. At most a year from now.
             */
            until?: string;
        };
        NewPassword: {
            /** @description At least 12 characters; common ones and the account's own name are refused. */
            password: string;
        };
        NewRevision: {
            reason: string;
            /** @description A plant.yaml; without it the newest plant model. */
            text?: string;
        };
        NewToken: {
            /** @description Shown once; send it as Authorization: Bearer … */
            secret: string;
            token: components["schemas"]["Token"];
        };
        Opening: {
            methods: components["schemas"]["Methods"];
            /** @description No account exists yet: the first is made with the set-up link that bulkhead run prints. */
            setup: boolean;
            version: string;
        };
        Operation: {
            /** Format: int64 */
            accepted: number;
            /** @description The message's code in its protocol. */
            code: string;
            /** @description It was asked from one side of the plant's network to the other. */
            crossing: boolean;
            /** Format: date-time */
            first: string | null;
            /** @enum {string} */
            kind: "other" | "identify" | "read" | "auth" | "write" | "config" | "program" | "mode" | "firmware";
            /** Format: date-time */
            last: string | null;
            /** @example Write Multiple Registers */
            name: string;
            /** @description What it is about: a register range, a data block, a tag. */
            object: string;
            packet?: components["schemas"]["Packet"];
            /** Format: int32 */
            port: number;
            protocol: string;
            /** Format: int64 */
            refused: number;
            requester: components["schemas"]["AssetRef"];
            requester_address: string;
            /** Format: int64 */
            requests: number;
            responder: components["schemas"]["AssetRef"];
            responder_address: string;
            /** Format: int64 */
            responses: number;
            /**
             * @description ATT&CK for ICS technique it would be used for; empty where there is none.
             * @example T0855
             */
            technique: string;
            /** @description The last value of a small write. */
            value: string;
        };
        Overview: {
            assets: components["schemas"]["AssetCounts"];
            /** Format: int64 */
            conversations: number;
            /**
             * Format: int64
             * @description Conversations from one side of the plant's network to the other.
             */
            crossings: number;
            findings: components["schemas"]["FindingCounts"];
            /**
             * Format: date-time
             * @description From when on conversations and operations are kept.
             */
            kept_from: string | null;
            /** Format: date-time */
            kept_to: string | null;
            /**
             * Format: date-time
             * @description Packet time of the newest thing seen.
             */
            last_observation: string | null;
            /**
             * Format: date-time
             * @description The server's clock.
             */
            now: string;
            sensors: components["schemas"]["SensorCounts"];
            sites: string[];
            /** @description Of the program. */
            version: string;
        };
        OwnerIDs: {
            it: string;
            operations: string;
        };
        Owners: {
            it: string;
            operations: string;
        };
        Packet: {
            /**
             * Format: date-time
             * @description When it was read; null where only the number is known.
             */
            at: string | null;
            /** @description The sensor's ring may still hold it: ask /packets for it. */
            available: boolean;
            /**
             * Format: int64
             * @description Its number there, from 1.
             */
            number: number;
            /** @description The sensor that read it. */
            sensor: string;
            site: string;
        };
        PacketExample: {
            dst: string;
            /**
             * Format: int32
             * @description The destination's.
             */
            port: number;
            /**
             * Format: int32
             * @description Number of the IP protocol.
             */
            proto: number;
            src: string;
        };
        Passkey: {
            /** Format: date-time */
            created: string | null;
            id: string;
            name: string;
            /** @description The host name it works at. */
            site: string;
            /** Format: date-time */
            used: string | null;
            /** @description It may have been copied: its counter went back. Empty if not. */
            warning: string;
        };
        PasskeyCreated: {
            /** @description PublicKeyCredential.toJSON(). */
            credential: {
                [key: string]: unknown;
            };
            /** @description What people call it: "my laptop". */
            name?: string;
        };
        PasskeyOptions: {
            /** @description As in Web Authentication, the JSON form. */
            publicKey: {
                [key: string]: unknown;
            };
        };
        PasskeyUsed: {
            /** @description PublicKeyCredential.toJSON(). */
            credential: {
                [key: string]: unknown;
            };
        };
        PasswordSignIn: {
            /** @description Of the app, or one of the recovery codes. */
            code: string;
            name: string;
            password: string;
        };
        Peer: {
            /** @description The peer's address in this conversation. */
            address: string;
            asset: components["schemas"]["AssetRef"];
            /**
             * Format: int64
             * @description Both ways, lengths on the wire.
             */
            bytes: number;
            /**
             * Format: int64
             * @description In the last 24 hours; null if the history could not be asked just now.
             */
            bytes_day: number | null;
            /** @description It goes from one side of the plant's network to the other. */
            crossing: boolean;
            /**
             * @description out: the asset asked the peer. in: the peer asked the asset.
             * @enum {string}
             */
            direction: "out" | "in";
            /** Format: date-time */
            first: string | null;
            /** Format: date-time */
            last: string | null;
            /**
             * Format: int64
             * @description Both ways.
             */
            packets: number;
            /** Format: int32 */
            port: number;
            protocol: string;
            /** @enum {string} */
            transport: "eth" | "tcp" | "udp" | "ip";
        };
        Person: {
            id: string;
            mail: string;
            name: string;
            phone: string;
            /** @enum {string} */
            side: "it" | "operations";
        };
        PlacedBy: {
            /** @description Empty if it belongs to no line. */
            line: string;
            /**
             * @description Empty if it stands in no zone.
             * @example subnet 10.20.2.0/24
             */
            zone: string;
        };
        PlantModel: {
            /**
             * Format: date-time
             * @description When it was saved; null for a proposal.
             */
            at: string | null;
            author: string;
            /** @description What the text says. */
            model: components["schemas"]["Model"];
            note: string;
            /** @description Warnings of the text as of today: reviews that are overdue, what is allowed and probably not meant. */
            problems: components["schemas"]["ModelProblem"][];
            site: string;
            /** @description The document, with its comments. */
            text: string;
            /**
             * Format: int64
             * @description From 1; 0 while nobody has saved one: the text is then a proposal made from what was seen.
             */
            version: number;
        };
        PolicyApplied: {
            /** Format: date-time */
            at: string | null;
            by: string;
            /** @description While it is pending: somebody has confirmed it. */
            confirmed: boolean;
            /**
             * Format: date-time
             * @description When it was confirmed or went back.
             */
            ended: string | null;
            /** @description Who confirmed or took it back; the guard, where it went back by itself. */
            ended_by: string;
            forced: boolean;
            hash: string;
            /**
             * Format: int64
             * @description The revision; 0 for none.
             */
            n: number;
            /**
             * Format: date-time
             * @description The hub's clock, for a countdown.
             */
            now: string;
            reason: string;
            /** @description How it went, as a sentence. */
            says: string;
            seen: components["schemas"]["CriticalSeen"][];
            /** @enum {string} */
            state: "none" | "pending" | "confirmed" | "rolled-back" | "failed";
            /**
             * Format: date-time
             * @description When it goes back by itself, while it is pending.
             */
            until: string | null;
        };
        PolicyApproval: {
            /** @description Name of the account. */
            account: string;
            /** Format: date-time */
            at: string | null;
            name: string;
            /** @description Of the plant model. */
            person: string;
            /** @enum {string} */
            side: "it" | "operations";
        };
        PolicyCompared: {
            /** @description Of the configuration to the revision; 500 at most. */
            difference: components["schemas"]["PolicyDifference"][];
            /** @description Rules that never match, that allow everything, or that no conduit asks for. */
            findings: string[];
            /** Format: int64 */
            revision: number;
            /** @description 1,000 at most. */
            rules: components["schemas"]["ImportedRule"][];
            /** Format: int64 */
            rules_all: number;
            says: string;
            /** @description Lines that were not understood; while one may decide, nothing is said to be equal. */
            unknown: components["schemas"]["UnknownLine"][];
            /** @enum {string} */
            verdict: "equal" | "differs" | "unknown";
        };
        PolicyContainment: {
            /** @description The asset's addresses. */
            addrs: string[];
            /** @description That is in quarantine; null if it is not about one. */
            asset: components["schemas"]["AssetRef"] | null;
            /** Format: date-time */
            at: string | null;
            by: string;
            /** @description That is cut; empty if it is not about one. */
            conduit: string;
            /** @description Of operations; null where none is given. */
            consent: components["schemas"]["Consent"] | null;
            /** Format: date-time */
            ended: string | null;
            ended_by: string;
            /** @description The enforcer says that it holds it. */
            enforced: boolean;
            id: string;
            /** @description All that joins IT and plant is cut. */
            island: boolean;
            /** @description That it touches. */
            lines: string[];
            /** @description It needs the consent of operations. */
            needs: boolean;
            /** @description Two zones between which nothing passes; empty if it is not about a pair. */
            pair: string[];
            reason: string;
            says: string;
            /**
             * @description waiting for the consent of operations.
             * @enum {string}
             */
            state: "waiting" | "active" | "ended" | "failed";
            /** Format: date-time */
            until: string | null;
            /** @description Who asks can give it. */
            you: boolean;
        };
        PolicyDifference: {
            /** @description They pass by the new one and not by the old one; else the other way round. */
            allows: boolean;
            /**
             * @description From the one to the other: newly allowed, newly stopped, no more read by a relay, now read by one, read by relays that let other things through, or not known since a line was not understood.
             * @enum {string}
             */
            change: "allowed" | "stopped" | "unrelayed" | "relayed" | "otherwise" | "unknown";
            /** @description That decides; empty if none does. */
            conduit: string;
            example: components["schemas"]["PacketExample"];
            /** @description Zone; empty for addresses in none. */
            from: string;
            says: string;
            to: string;
            /** @description Whether they pass by one of the two is not known: a line was not understood. */
            unknown: boolean;
        };
        PolicyEnforced: {
            /**
             * Format: date-time
             * @description Since when.
             */
            at: string | null;
            /** @description Who applied it. */
            by: string;
            hash: string;
            /**
             * Format: int64
             * @description 0 for a policy that is none of this site's revisions.
             */
            n: number;
            /** @description It is not confirmed yet and goes back by itself. */
            pending: boolean;
        };
        PolicyGrant: {
            approved: string[];
            dst: string;
            id: string;
            /** Format: int32 */
            port: number;
            /** Format: int32 */
            proto: number;
            src: string;
            /** Format: date-time */
            until: string | null;
            why: string;
        };
        PolicyImport: {
            /** @enum {string} */
            brand: "fortigate" | "opnsense" | "mikrotik" | "ios" | "asa";
            /**
             * Format: int64
             * @description That it is held against; the enforced one, else the newest, if it is left out.
             */
            revision?: number;
            text: string;
        };
        PolicyNote: {
            /** @description Empty where it is about none. */
            conduit: string;
            /** @example ports-only */
            kind: string;
            /** @description The service of the conduit, in words; empty for all of it. */
            service: string;
            text: string;
        };
        PolicyPending: {
            /**
             * Format: date-time
             * @description When it was applied.
             */
            at: string | null;
            by: string;
            /** @description Somebody confirmed it; it holds once all critical conversations were seen. */
            confirmed: boolean;
            forced: boolean;
            hash: string;
            /** Format: int64 */
            n: number;
            reason: string;
            /** @description The conversations that must be seen again before it holds. */
            seen: components["schemas"]["CriticalSeen"][];
            /**
             * Format: date-time
             * @description When it goes back.
             */
            until: string | null;
        };
        PolicyProof: {
            /**
             * Format: date-time
             * @description Of what it rests on.
             */
            at: string | null;
            evidence: components["schemas"]["Evidence"][];
            /** @enum {string} */
            kind: "readback" | "contradiction" | "canary" | "unused";
            says: string;
            /** @enum {string} */
            status: "proven" | "contradicted" | "stale" | "unknown";
        };
        PolicyProofs: {
            proofs: components["schemas"]["PolicyProof"][];
            /**
             * Format: int64
             * @description That is proven; 0 while nothing is enforced.
             */
            revision: number;
        };
        PolicyProposal: {
            /** @description Against the newest plant model. */
            changes: components["schemas"]["ModelChange"][];
            conduits: components["schemas"]["ProposedConduit"][];
            /** @description What a person has to decide. */
            notes: string[];
            site: string;
            /** @description The plant.yaml that would result; it is not saved. */
            text: string;
            /**
             * Format: int64
             * @description Of the plant model that it adds to; 0 for none.
             */
            version: number;
            /** @description What looks wrong and is proposed by no conduit. */
            wrong: components["schemas"]["LooksWrong"][];
            zones: components["schemas"]["ProposedZone"][];
        };
        PolicyReason: {
            reason: string;
        };
        PolicyRevision: {
            approvals: components["schemas"]["PolicyApproval"][];
            /** Format: date-time */
            at: string | null;
            author: string;
            /** @description Against the one before, as sentences. */
            changes: string[];
            hash: string;
            /**
             * Format: int64
             * @description From 1.
             */
            n: number;
            /** @description Who can approve, for each side that has not. */
            needs: components["schemas"]["ApprovalNeed"][];
            notes: components["schemas"]["PolicyNote"][];
            /** @description Packets that it judges otherwise than the one before; only of a single revision, 500 at most. */
            packets: components["schemas"]["PolicyDifference"][];
            /**
             * Format: int64
             * @description The one before; 0 for none.
             */
            parent: number;
            /** @description The compiled policy; only of a single revision. */
            policy?: unknown;
            reason: string;
            /** @description The signed note; only of a single revision. */
            signature?: string;
            signed: boolean;
            /** Format: date-time */
            signed_at: string | null;
            size: components["schemas"]["PolicySize"];
            /** @description The plant.yaml it was compiled from; only of a single revision. */
            text?: string;
            /**
             * Format: int64
             * @description Of the plant model it was compiled from; 0 for a text that was not saved.
             */
            version: number;
        };
        PolicySize: {
            /** Format: int64 */
            conduits: number;
            /** Format: int64 */
            matches: number;
            /** Format: int64 */
            ranges: number;
            /** Format: int64 */
            zones: number;
        };
        PolicyState: {
            /** @description In which the plant model differs from the newest revision, as sentences. */
            changes: string[];
            /** @description The newest revision is not signed: it waits for approvals. */
            draft: boolean;
            /** @description The plant model would make another policy than the newest revision is: an edit makes no revision by itself. */
            edited: boolean;
            /** @description The revision that the enforcer holds; null while it holds none or does not answer. */
            enforced: components["schemas"]["PolicyEnforced"] | null;
            enforcers: components["schemas"]["Enforcer"][];
            /** @description The newest revision; null while there is none. */
            newest: components["schemas"]["RevisionHead"] | null;
            /** @description What of the plant model cannot be said as a policy, or only in part. */
            notes: components["schemas"]["PolicyNote"][];
            /** @description What was applied and is not confirmed yet; null for nothing. */
            pending: components["schemas"]["PolicyPending"] | null;
            site: string;
            /**
             * @description How far the boundary goes between zones that no conduit joins, by the plant model.
             * @enum {string}
             */
            stage: "observe" | "shadow" | "enforce-new" | "enforce";
            /**
             * Format: int64
             * @description Of the plant model; 0 for none.
             */
            version: number;
        };
        Problem: {
            /**
             * @description A human-readable explanation specific to this occurrence of the problem.
             * @example Property foo is required but is missing.
             */
            detail?: string;
            /** @description Optional list of individual error details */
            errors?: components["schemas"]["ProblemDetail"][];
            /**
             * Format: uri
             * @description A URI reference that identifies the specific occurrence of the problem.
             * @example https://example.com/error-log/abc123
             */
            instance?: string;
            /**
             * Format: int64
             * @description HTTP status code
             * @example 400
             */
            status?: number;
            /**
             * @description A short, human-readable summary of the problem type. This value should not change between occurrences of the error.
             * @example Bad Request
             */
            title?: string;
            /**
             * Format: uri
             * @description A URI reference to human-readable documentation for the error.
             * @default about:blank
             * @example https://example.com/errors/example
             */
            type?: string;
        } & {
            [key: string]: unknown;
        };
        ProblemDetail: {
            /** @description Where the error occurred, e.g. 'body.items[3].tags' or 'path.thing-id' */
            location?: string;
            /** @description Error message text */
            message?: string;
            /** @description The value at the given location */
            value?: unknown;
        } & {
            [key: string]: unknown;
        };
        ProposedConduit: {
            /** @description In words: opcua (read, auth). */
            allow: string[];
            /**
             * Format: int64
             * @description Assets that ask.
             */
            clients: number;
            /**
             * Format: int64
             * @description Recorded, that it is for.
             */
            conversations: number;
            /** @description What would be stopped between the two zones, a sentence each. */
            forbids: string[];
            from: string;
            id: string;
            /** @description The plant model has it already. */
            kept: boolean;
            /** Format: date-time */
            last: string | null;
            /** @description The console's page with the conversations. */
            link: string;
            name: string;
            /** @description What stands open by it, a sentence each. */
            open: string[];
            reason: string;
            /**
             * Format: int64
             * @description Assets that answer.
             */
            servers: number;
            to: string;
        };
        ProposedZone: {
            /** @description That would stand in it, 200 at most. */
            assets: components["schemas"]["AssetRef"][];
            id: string;
            /** @description The plant model has it already. */
            kept: boolean;
            /** @enum {string} */
            kind: "enterprise" | "dmz" | "operations" | "cell" | "safety" | "vendor" | "wireless" | "internet";
            /** Format: double */
            level: number | null;
            /** @description In words: subnet 10.20.2.0/24. */
            members: string[];
            name: string;
            /**
             * Format: int64
             * @description How many assets would stand in it.
             */
            total: number;
            why: string;
        };
        Protection: {
            /**
             * Format: date-time
             * @description Packet time of the newest thing it rests on.
             */
            as_of: string | null;
            /** @description What cannot be seen, and so is not in the answer. */
            blind: components["schemas"]["Evidence"][];
            counts: components["schemas"]["StatusCounts"];
            /** @description At most five things to do, the one that matters most first. */
            next: components["schemas"]["Action"][];
            /** Format: date-time */
            now: string;
            sentence: components["schemas"]["Sentence"];
            /** @description What needs someone first. */
            statements: components["schemas"]["Statement"][];
        };
        Provider: {
            id: string;
            name: string;
        };
        Reason: {
            packet?: components["schemas"]["Packet"];
            /** @description The statement it supports: role, level, side, vendor, merge, split or kind. */
            what: string;
            /** @description A sentence. */
            why: string;
        };
        RecoveryCodes: {
            /** @description Shown once. */
            recovery_codes: string[];
        };
        Retention: {
            /**
             * Format: int64
             * @description Days for which there is a row a day; 0 for ever.
             */
            day_days: number;
            /**
             * Format: int64
             * @description Days for which there is a row an hour; 0 for ever.
             */
            hour_days: number;
            /**
             * Format: int64
             * @description Size on disk at which the oldest go early; 0 for no limit.
             */
            max_bytes: number;
            /**
             * Format: int64
             * @description Days for which there is a row a minute; 0 for ever.
             */
            minute_days: number;
        };
        RevisionHead: {
            /** Format: date-time */
            at: string | null;
            author: string;
            /** @description SHA-256 of the policy, hexadecimal. */
            hash: string;
            /** Format: int64 */
            n: number;
            signed: boolean;
        };
        Sensor: {
            /**
             * Format: date-time
             * @description When its last batch was taken in, by the hub's clock.
             */
            applied: string | null;
            /**
             * Format: int64
             * @description That were taken in.
             */
            batches: number;
            /** Format: int64 */
            bytes: number;
            /** Format: double */
            bytes_per_second: number | null;
            /**
             * Format: int64
             * @description By the kernel: they came too fast.
             */
            dropped: number;
            /** Format: double */
            drops_per_second: number | null;
            /**
             * Format: int64
             * @description Copies that the mirror port made.
             */
            duplicates: number;
            epoch: string;
            /**
             * Format: int64
             * @description Of decoders.
             */
            failures: number;
            /**
             * Format: int64
             * @description In progress now.
             */
            flows: number;
            /**
             * Format: date-time
             * @description When its last batch was made, by its own clock.
             */
            heard: string | null;
            /**
             * Format: double
             * @description Seconds between its last batch being made and being taken in; null if unknown.
             */
            lag: number | null;
            /**
             * Format: int64
             * @description Observations that found no room.
             */
            lost: number;
            /**
             * Format: int64
             * @description Batches that have not come.
             */
            missing: number;
            name: string;
            /** @description It does its work: no problem, heard of within the last minutes, or ended as meant. */
            ok: boolean;
            /**
             * Format: int64
             * @description Conversations of which only one side is seen: the mirror port lacks a direction.
             */
            one_sided: number;
            /**
             * Format: int64
             * @description Read from the source since it started, copies included.
             */
            packets: number;
            /**
             * Format: double
             * @description Over the last minutes; null until two batches are known.
             */
            packets_per_second: number | null;
            /** @description What is wrong and what to do; empty if nothing is. */
            problem: string;
            /**
             * Format: int64
             * @description Packets kept on disk.
             */
            ring_bytes: number;
            /**
             * Format: date-time
             * @description From when on packets can be shown; null without a ring.
             */
            ring_oldest: string | null;
            /**
             * Format: int64
             * @description Cyclic I/O counted without being parsed.
             */
            sampled: number;
            /**
             * Format: date-time
             * @description Packet time up to which the hub knows what it saw.
             */
            seen: string | null;
            /**
             * Format: int64
             * @description Of the last batch applied.
             */
            sequence: number;
            site: string;
            /** @example eth1 */
            source: string;
            /** Format: date-time */
            started: string | null;
            /** @description What it says it does: watching, silent, no link, reading, ended. */
            state: string;
            /**
             * Format: int64
             * @description Whose link or network layer is not read.
             */
            undecoded: number;
            version: string;
        };
        SensorCounts: {
            /**
             * Format: int64
             * @description With a problem, silent, without link, or not heard of.
             */
            not: number;
            /** Format: int64 */
            ok: number;
            /** Format: int64 */
            total: number;
        };
        Sentence: {
            lead: string;
            rest: string;
            /** @description What needs someone; empty if nothing does. */
            urgent: string;
        };
        Service: {
            /** @description Everything: nothing else is named then. */
            any?: boolean;
            /** @description What may be asked about, in the words that operations show: registers, a data block, a unit. All if none is named. */
            objects?: string[];
            /** @description Of the server: a port, a range, or a list of them. */
            port?: string;
            /** @description An application protocol, by the name that conversations show. */
            protocol?: string;
            /** @enum {string} */
            transport?: "tcp" | "udp" | "ip" | "eth";
            /** @description Kinds of operation that may be asked for; all if none is named. Identifying oneself and keeping a session alive always may. */
            verbs?: string[];
        };
        Session: {
            account: components["schemas"]["AccountRef"];
            /**
             * Format: date-time
             * @description When it ends whatever is done; it ends before if nothing is.
             */
            expires: string | null;
            /**
             * Format: date-time
             * @description Until then acts that need a fresh sign-in are taken; after it they answer 403 with type confirm. Null with a token.
             */
            fresh_until: string | null;
            /**
             * Format: int64
             * @description Seconds without a request after which it ends.
             */
            idle: number;
            /** @description Of self, read, audit, operate, edit, administer: what the account may do on at least one site. */
            permissions: string[];
            /** @description Sites the account sees; * is all. Who has several must name one in every request with a site parameter. */
            sites: string[];
            /** @enum {string} */
            via: "passkey" | "password" | "oidc" | "link" | "token";
        };
        SessionInfo: {
            /** @description What the browser called itself. */
            agent: string;
            /** Format: date-time */
            created: string | null;
            /** @description The one that asks. */
            current: boolean;
            /** Format: date-time */
            expires: string | null;
            /** @description Address it was begun from. */
            from: string;
            id: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            used: string | null;
            via: string;
        };
        Settings: {
            retention: components["schemas"]["Retention"];
        };
        ShadowDenial: {
            client: components["schemas"]["AssetRef"];
            client_address: string;
            client_mac: string;
            /** Format: int64 */
            count: number;
            /**
             * Format: int32
             * @description EtherType of what has no IP header, else 0.
             */
            ethernet: number;
            /** Format: date-time */
            first: string | null;
            /** @description By which it came. */
            interface: string;
            /**
             * @description shadow: it passed and would be stopped; refused: a relay refused a message.
             * @enum {string}
             */
            kind: "denied" | "shadow" | "refused";
            /** Format: date-time */
            last: string | null;
            /** @description Of a message that a relay refused, with its protocol and object. */
            operation: string;
            /** Format: int32 */
            port: number;
            /** Format: int32 */
            proto: number;
            server: components["schemas"]["AssetRef"];
            server_address: string;
            /** @description Why a relay refused it. */
            why: string;
        };
        Shift: {
            days: string;
            from: string;
            name: string;
            people: string[];
            to: string;
        };
        ShiftSeen: {
            /** @enum {string} */
            day: "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
            /** @example 06:00 */
            from: string;
            /**
             * Format: int64
             * @description How often it came by meanwhile.
             */
            passed: number;
            /**
             * Format: int64
             * @description How often it was recorded.
             */
            seen: number;
            shift: string;
            team: string;
            to: string;
        };
        SimulateRequest: {
            /**
             * Format: int64
             * @description A revision in place of a text.
             */
            revision?: number;
            /** @description A plant.yaml. Without text and revision the newest plant model is tried. */
            text?: string;
        };
        Simulation: {
            /** @description There was too much to keep every kind by itself. */
            approximate: boolean;
            /** @description Names, time and announcements that no conduit names. */
            aside: components["schemas"]["Blocked"][];
            /** @description That would be stopped and that nobody answered: nothing is lost without them. */
            attempts: components["schemas"]["Blocked"][];
            /** @description Whose conduit means less than it can be held to: they ask for more than its verbs, and the port is open. */
            beyond: components["schemas"]["Blocked"][];
            /** @description That would be stopped, in kinds, the worst first; 500 at most. */
            blocked: components["schemas"]["Blocked"][];
            coverage: components["schemas"]["LearningCoverage"];
            /** @description To what is enforced, packets that nobody has sent yet included; 200 at most. */
            difference: components["schemas"]["PolicyDifference"][];
            /**
             * Format: int64
             * @description The revision that difference is against; 0 if nothing is enforced: then everything passes now.
             */
            enforced: number;
            /** @description Without an IP header between machines of two zones: a bridge stops them unless the plant model names them, a router never passes them. */
            frames: components["schemas"]["Blocked"][];
            /**
             * Format: date-time
             * @description Of what was replayed.
             */
            from: string | null;
            /** @description Of the policy that was tried. */
            hash: string;
            /**
             * Format: int64
             * @description Of those that pass, through a relay that reads the messages.
             */
            inspected: number;
            /** @description Lines that would miss something, the costliest first. */
            lines: components["schemas"]["LineStop"][];
            /**
             * Format: int64
             * @description That never leave their own segment and so meet no boundary.
             */
            local: number;
            notes: components["schemas"]["PolicyNote"][];
            /**
             * Format: int64
             * @description Kinds among blocked and refused that nobody has answered.
             */
            open: number;
            /**
             * Format: int64
             * @description Of them that would pass: allowed by a conduit, or within one zone.
             */
            passes: number;
            /** @description Errors and warnings of the text; nothing was tried while there are errors. */
            problems: components["schemas"]["ModelProblem"][];
            /** @description Of what was read back from the enforcer to the policy that was tried. */
            read_back: components["schemas"]["PolicyDifference"][];
            /**
             * Format: date-time
             * @description Null where nothing was read back.
             */
            read_back_at: string | null;
            /** @description That would pass, and of which a relay would refuse some operations. */
            refused: components["schemas"]["Blocked"][];
            /**
             * Format: int64
             * @description That was tried; 0 for a text.
             */
            revision: number;
            /** @description What the enforcer reports it stopped or would have stopped. */
            shadow: components["schemas"]["ShadowDenial"][];
            /** Format: date-time */
            to: string | null;
            /**
             * Format: double
             * @description Seconds.
             */
            took: number;
            /**
             * Format: int64
             * @description Recorded conversations.
             */
            total: number;
            /**
             * Format: int64
             * @description Conversations through a relay that also looks at objects, which a conversation does not tell.
             */
            unjudged: number;
            /** @description What the figures leave out, as sentences. */
            unmatched: string[];
        };
        SplitRequest: {
            asset: string;
            /** @description Those of the asset that are a machine of their own. The rest keeps the identifier. */
            endpoints: components["schemas"]["Endpoint"][];
            /** @description Stands among the reasons of both. */
            reason: string;
        };
        State: {
            /** @enum {string} */
            topic: "assets" | "sensors" | "captures" | "findings" | "overview";
            /** @description The first page of the topic's list route; for overview the overview, and for assets only their total: ask /assets for those that are shown. */
            value: unknown;
        };
        Statement: {
            /** Format: date-time */
            as_of: string | null;
            /**
             * Format: int64
             * @description Number in the map of checks.
             */
            check: number;
            evidence: components["schemas"]["Evidence"][];
            id: string;
            /** @description The console's page that shows it. */
            link: string;
            /**
             * Format: int64
             * @description How many are not as claimed.
             */
            missing: number;
            /**
             * Format: int64
             * @description Of how many; 0 where nothing is counted against a whole.
             */
            of: number;
            /** @description Who has to act on it: it, operations. */
            owners: string[];
            /** @example No plant machine talks to the internet. */
            says: string;
            /** @enum {string} */
            status: "proven" | "contradicted" | "stale" | "attested" | "unknown";
            /**
             * @description What is counted, one of them.
             * @example machine
             */
            unit: string;
            why: string;
        };
        StatusCounts: {
            /**
             * Format: int64
             * @description Somebody's word.
             */
            attested: number;
            /** Format: int64 */
            contradicted: number;
            /** Format: int64 */
            proven: number;
            /** Format: int64 */
            stale: number;
            /** Format: int64 */
            unknown: number;
        };
        Team: {
            id: string;
            mail: string;
            members: string[];
            name: string;
            phone: string;
            shifts: components["schemas"]["Shift"][];
            /** @enum {string} */
            side: "it" | "operations";
        };
        Token: {
            /** @description Name of the account that made it; it may never do more than that account. */
            account: string;
            /** Format: date-time */
            created: string | null;
            /** Format: date-time */
            expires: string | null;
            id: string;
            mine: boolean;
            name: string;
            role: string;
            site: string;
            /**
             * Format: date-time
             * @description To the minute; null if never.
             */
            used: string | null;
        };
        TokenRequest: {
            /**
             * Format: date-time
             * @description At most a year from now.
             */
            expires: string;
            /** @description What it is for. */
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "engineer" | "auditor" | "administrator";
            /** @description A site's name, * for all. */
            site: string;
        };
        Traffic: {
            /**
             * Format: date-time
             * @description Beginning of the first bucket.
             */
            from: string;
            /** @description The protocols with most bytes first; the last is called other if there are more than 20. */
            series: components["schemas"]["TrafficSeries"][];
            /**
             * Format: int64
             * @description Seconds in one bucket.
             */
            step: number;
            /**
             * Format: date-time
             * @description End of the last bucket.
             */
            to: string;
        };
        TrafficSeries: {
            bytes: number[];
            packets: number[];
            protocol: string;
        };
        Undone: {
            /** Format: date-time */
            at: string;
            by: string;
        };
        UnknownLine: {
            /** @description It cannot decide about a packet: a name, a banner. */
            harmless: boolean;
            /** Format: int64 */
            line: number;
            text: string;
            why: string;
        };
        View: {
            /** Format: date-time */
            changed: string;
            /** @description Send it as If-Match to change or remove the view. */
            etag: string;
            id: string;
            /** @description It belongs to the one who asks. */
            mine: boolean;
            name: string;
            /** @description What its owner is called. */
            owner: string;
            page: string;
            query: string;
            /** @description Everybody sees it. */
            shared: boolean;
        };
        ViewRequest: {
            name: string;
            /**
             * @description Of the console; it stays when a view is changed.
             * @example assets
             */
            page: string;
            /**
             * @description The query of the console's address, without the question mark.
             * @example side=ot&finding=high
             */
            query: string;
            shared: boolean;
        };
        Window: {
            date?: string;
            days: string;
            from: string;
            id: string;
            length?: string;
            /** @description Which lines; none is all of them. */
            lines: string[];
            name: string;
            note: string;
            since?: string;
            to: string;
            until?: string;
        };
        Zone: {
            id: string;
            /** @enum {string} */
            kind: "enterprise" | "dmz" | "operations" | "cell" | "safety" | "vendor" | "wireless" | "internet";
            /** Format: double */
            level: number | null;
            members: components["schemas"]["Member"][];
            name: string;
            note: string;
            owners: components["schemas"]["Owners"];
            /**
             * Format: int64
             * @description Security level to reach, 1 to 4 (IEC 62443 SL-T); 0 if none is given.
             */
            target: number;
        };
        ZoneEffect: {
            /** Format: int64 */
            assets: number;
            /** Format: int64 */
            before: number;
            zone: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/openapi+json": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAccount"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewAccount"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description The etag that was seen. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description Someone else changed it: this is how it is now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    linkAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlockAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answer: {
        parameters: {
            query?: {
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Protection"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAssets: {
        parameters: {
            query?: {
                /** @description none for assets of no cell. */
                cell?: string;
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Stands in an open finding of this level. */
                finding?: "high" | "medium" | "low" | "info" | "any";
                /** @description Seen for the first time at or after this time. */
                first_since?: string;
                kind?: "device" | "network" | "external";
                level?: "0" | "1" | "2" | "3" | "3.5" | "4" | "5" | "unknown";
                /** @description Rows in one page. */
                limit?: number;
                /** @description none for assets of no line. */
                line?: string;
                /** @description As in the network member of an asset. */
                network?: string;
                /** @description A person or team that answers for it on either side; none for assets that lack an owner in IT or in operations. */
                owner?: string;
                /** @description That the asset speaks. */
                protocol?: string;
                /** @description Words that must all occur in a name, address, vendor, product, order number, firmware, serial number, role or protocol. */
                q?: string;
                role?: string;
                /** @description Seen at or after this time. */
                seen_since?: string;
                side?: "ot" | "it" | "unknown";
                site?: string;
                /** @description A leading minus turns the order round. */
                sort?: "name" | "-name" | "zone" | "-zone" | "line" | "-line" | "last_seen" | "-last_seen" | "first_seen" | "-first_seen" | "vendor" | "-vendor" | "role" | "-role" | "level" | "-level" | "kind" | "-kind" | "side" | "-side" | "network" | "-network" | "findings" | "-findings";
                vendor?: string;
                /** @description Of the plant model; none for assets in no zone. */
                zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAssetRow"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The asset's identifier, or one it had before. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description The identifier is a former one; Location has the asset it leads to. */
            307: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assetOperations: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                kind?: "other" | "identify" | "read" | "auth" | "write" | "config" | "program" | "mode" | "firmware";
                /** @description Rows in one page. */
                limit?: number;
                protocol?: string;
                sort?: "first_seen" | "-first_seen" | "last_seen" | "-last_seen" | "requests" | "-requests";
            };
            header?: never;
            path: {
                /** @description The asset's identifier, or one it had before. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOperation"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assetPeers: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                sort?: "bytes" | "-bytes" | "packets" | "-packets" | "last_seen" | "-last_seen" | "first_seen" | "-first_seen";
            };
            header?: never;
            path: {
                /** @description The asset's identifier, or one it had before. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPeer"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assetFacets: {
        parameters: {
            query?: {
                /** @description none for assets of no cell. */
                cell?: string;
                /** @description Stands in an open finding of this level. */
                finding?: "high" | "medium" | "low" | "info" | "any";
                /** @description Seen for the first time at or after this time. */
                first_since?: string;
                kind?: "device" | "network" | "external";
                level?: "0" | "1" | "2" | "3" | "3.5" | "4" | "5" | "unknown";
                /** @description none for assets of no line. */
                line?: string;
                /** @description As in the network member of an asset. */
                network?: string;
                /** @description A person or team that answers for it on either side; none for assets that lack an owner in IT or in operations. */
                owner?: string;
                /** @description That the asset speaks. */
                protocol?: string;
                /** @description Words that must all occur in a name, address, vendor, product, order number, firmware, serial number, role or protocol. */
                q?: string;
                role?: string;
                /** @description Seen at or after this time. */
                seen_since?: string;
                side?: "ot" | "it" | "unknown";
                site?: string;
                vendor?: string;
                /** @description Of the plant model; none for assets in no zone. */
                zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facets"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mergeAssets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    splitAsset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    boundary: {
        parameters: {
            query?: {
                /** @description Seen at or after this time; all time if it is left out. */
                from?: string;
                /** @description Needed only where there are several. */
                site?: string;
                /** @description Seen before this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Boundary"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBoundaryConversations: {
        parameters: {
            query?: {
                /** @description Only what this conduit covers. */
                conduit?: string;
                /** @description true is the state covered; false is uncovered and attempt. */
                covered?: "true" | "false";
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Seen at or after this time; all time if it is left out. */
                from?: string;
                from_zone?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description Needed only where there are several. */
                site?: string;
                sort?: "bytes" | "-bytes" | "packets" | "-packets" | "last_seen" | "-last_seen" | "first_seen" | "-first_seen";
                state?: "covered" | "uncovered" | "attempt" | "aside" | "within" | "unknown";
                /** @description Seen before this time. */
                to?: string;
                to_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListBoundaryTalk"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCaptures: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListJob"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importCapture: {
        parameters: {
            query: {
                /** @description What to call the capture, usually the file's name. */
                name: string;
                /** @description The site it was recorded at; the hub's own if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The capture: pcap or pcapng, plain or compressed with gzip or zstd. It goes to disk as it comes. */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    capture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelCapture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    certificate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Certificate"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listConversations: {
        parameters: {
            query?: {
                /** @description Identifier of an asset at either end. */
                asset?: string;
                /** @description Whether they go from one side of the plant's network to the other. */
                crossing?: "true" | "false";
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Sums from this time on, of the rows by the minute and the history. Without from and to: totals of all time. */
                from?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description With asset: only between the two. */
                peer?: string;
                protocol?: string;
                site?: string;
                /** @description With from or to always -bytes. */
                sort?: "first_seen" | "-first_seen" | "last_seen" | "-last_seen" | "bytes" | "-bytes" | "packets" | "-packets";
                /** @description Sums up to this time. Now if only from is given. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListConversation"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDecisions: {
        parameters: {
            query?: {
                /** @description Only those about what this asset is made of, or that named it. */
                asset?: string;
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDecision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undoDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountName"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyCreated"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrolled"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginEnrolPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOptions"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeSecret"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrolled"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description States of this site only; all sites if it is left out. Changes of other sites come without what they are about. */
                site?: string;
                /** @description What to hear of; everything if it is left out. */
                topics?: ("assets" | "sensors" | "captures" | "findings" | "overview" | "model" | "policy")[];
            };
            header?: {
                /** @description The last event that was got; a browser sends it by itself when it connects again. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAssets: {
        parameters: {
            query?: {
                /** @description none for assets of no cell. */
                cell?: string;
                /** @description Stands in an open finding of this level. */
                finding?: "high" | "medium" | "low" | "info" | "any";
                /** @description Seen for the first time at or after this time. */
                first_since?: string;
                format?: "csv" | "xlsx";
                kind?: "device" | "network" | "external";
                level?: "0" | "1" | "2" | "3" | "3.5" | "4" | "5" | "unknown";
                /** @description none for assets of no line. */
                line?: string;
                /** @description As in the network member of an asset. */
                network?: string;
                /** @description A person or team that answers for it on either side; none for assets that lack an owner in IT or in operations. */
                owner?: string;
                /** @description That the asset speaks. */
                protocol?: string;
                /** @description Words that must all occur in a name, address, vendor, product, order number, firmware, serial number, role or protocol. */
                q?: string;
                role?: string;
                /** @description Seen at or after this time. */
                seen_since?: string;
                side?: "ot" | "it" | "unknown";
                site?: string;
                sort?: "name" | "-name" | "last_seen" | "-last_seen" | "first_seen" | "-first_seen" | "vendor" | "-vendor" | "role" | "-role" | "level" | "-level" | "kind" | "-kind" | "side" | "-side" | "network" | "-network" | "findings" | "-findings";
                vendor?: string;
                /** @description Of the plant model; none for assets in no zone. */
                zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file, sent as it is made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    "text/csv": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportChanges: {
        parameters: {
            query?: {
                format?: "csv" | "xlsx";
                /** @description Only changes that were noted at or after this time. */
                since?: string;
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file, sent as it is made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    "text/csv": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportConversations: {
        parameters: {
            query?: {
                /** @description Identifier of an asset at either end. */
                asset?: string;
                /** @description Whether they go from one side of the plant's network to the other. */
                crossing?: "true" | "false";
                format?: "csv" | "xlsx";
                /** @description Sums from this time on, of the rows by the minute and the history. Without from and to: totals of all time. */
                from?: string;
                /** @description With asset: only between the two. */
                peer?: string;
                protocol?: string;
                site?: string;
                /** @description With from or to always -bytes. */
                sort?: "first_seen" | "-first_seen" | "last_seen" | "-last_seen" | "bytes" | "-bytes" | "packets" | "-packets";
                /** @description Sums up to this time. Now if only from is given. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file, sent as it is made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    "text/csv": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportFindings: {
        parameters: {
            query?: {
                /** @description Only those that an asset stands in. */
                asset?: string;
                /** @description Those that are no longer found, too. */
                closed?: boolean;
                format?: "csv" | "xlsx";
                level?: "high" | "medium" | "low" | "info";
                rule?: string;
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file, sent as it is made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    "text/csv": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportOperations: {
        parameters: {
            query?: {
                /** @description Identifier of an asset at either end. */
                asset?: string;
                /** @description Whether they go from one side of the plant's network to the other. */
                crossing?: "true" | "false";
                format?: "csv" | "xlsx";
                /** @description Sums from this time on, of the rows by the minute and the history. Without from and to: totals of all time. */
                from?: string;
                kind?: "other" | "identify" | "read" | "auth" | "write" | "config" | "program" | "mode" | "firmware";
                /** @description With asset: only between the two. */
                peer?: string;
                protocol?: string;
                site?: string;
                /** @description With from or to always -requests. */
                sort?: "first_seen" | "-first_seen" | "last_seen" | "-last_seen" | "requests" | "-requests";
                /** @description Sums up to this time. Now if only from is given. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file, sent as it is made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    "text/csv": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFindings: {
        parameters: {
            query?: {
                /** @description Only those that an asset stands in. */
                asset?: string;
                /** @description Those that are no longer found, too. */
                closed?: boolean;
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                level?: "high" | "medium" | "low" | "info";
                /** @description Rows in one page. */
                limit?: number;
                rule?: string;
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListFinding"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Finding"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    history: {
        parameters: {
            query?: {
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Retention"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ledger: {
        parameters: {
            query?: {
                act?: string;
                /** @description An account's identifier or name. */
                actor?: string;
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListLedgerRecord"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ledgerCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerCheckpoint"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    map: {
        parameters: {
            query?: {
                /** @description The plant as it was seen up to this time; now if it is left out. */
                at?: string;
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Map"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mapDifference: {
        parameters: {
            query: {
                /** @description The earlier day. */
                from: string;
                /** @description Needed where there are several sites. */
                site?: string;
                /** @description The later day. */
                to: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MapDifference"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPasskeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPasskey"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyCreated"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passkey"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removePasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginAddPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOptions"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    newRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSessionInfo"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeSecret"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    model: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description The version, as "v3": give it as If-Match to change it. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlantModel"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    saveModel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the version that the text was made from. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelText"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description The version, as "v3": give it as If-Match to change it. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlantModel"];
                };
            };
            /** @description Somebody saved another version meanwhile: this is how it is now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlantModel"];
                };
            };
            /** @description The text has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ModelRefusal"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkModel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelDraft"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCheck"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    modelDifference: {
        parameters: {
            query?: {
                /** @description The version before to if it is left out or -1; 0 is before the first. */
                from?: number;
                /** @description Needed only where there are several. */
                site?: string;
                /** @description The newest if it is left out. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelDifference"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    editModel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the version that is changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelEdits"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description The version, as "v3": give it as If-Match to change it. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlantModel"];
                };
            };
            /** @description Somebody saved another version meanwhile: this is how it is now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlantModel"];
                };
            };
            /** @description The text has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ModelRefusal"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listModelVersions: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListModelVersion"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    modelVersion: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path: {
                n: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlantModel"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOperations: {
        parameters: {
            query?: {
                /** @description Identifier of an asset at either end. */
                asset?: string;
                /** @description Whether they go from one side of the plant's network to the other. */
                crossing?: "true" | "false";
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Sums from this time on, of the rows by the minute and the history. Without from and to: totals of all time. */
                from?: string;
                kind?: "other" | "identify" | "read" | "auth" | "write" | "config" | "program" | "mode" | "firmware";
                /** @description Rows in one page. */
                limit?: number;
                /** @description With asset: only between the two. */
                peer?: string;
                protocol?: string;
                site?: string;
                /** @description With from or to always -requests. */
                sort?: "first_seen" | "-first_seen" | "last_seen" | "-last_seen" | "requests" | "-requests";
                /** @description Sums up to this time. Now if only from is given. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOperation"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    overview: {
        parameters: {
            query?: {
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    packets: {
        parameters: {
            query: {
                /** @description Packets before and after number. */
                around?: number;
                /** @description Only packets from or to this asset's addresses. */
                asset?: string;
                /** @description Instead of number, or to make it certain: packets from this time on. */
                from?: string;
                /** @description A packet's number; with around, those before and after it. */
                number?: number;
                /** @description Only those between asset and this asset. */
                peer?: string;
                /** @description The sensor whose ring holds them. */
                sensor: string;
                /** @description Needed only where two sites have a sensor of this name. */
                site?: string;
                /** @description Packets before this time; at most one day after from. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A pcapng file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.tcpdump.pcap": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keepPackets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptPackets"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeptPackets: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListKeptPackets"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keptPackets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A pcapng file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.tcpdump.pcap": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policy: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyState"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policyApplied: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyApplied"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmPolicy: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyApplied"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listContainments: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description Needed only where there are several. */
                site?: string;
                state?: "waiting" | "active" | "ended" | "failed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPolicyContainment"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addContainment: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContainmentRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyContainment"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endContainment: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyContainment"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    consentContainment: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyContainment"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewContainment: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContainmentTarget"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContainmentPreview"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policyCoverage: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LearningCoverage"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportPolicy: {
        parameters: {
            query: {
                brand: "fortigate" | "opnsense" | "mikrotik" | "ios" | "asa";
                /** @description Only of this family; both if it is left out. */
                family?: "4" | "6";
                /** @description What the device calls the interface or zone behind which a zone is: office=port1,plant=port2; =wan for everything else. */
                interfaces?: string[];
                /** @description The device's own addresses. */
                own?: string[];
                /** @description The newest signed one, else the newest, if it is left out. */
                revision?: number;
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policyFlatness: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flatness"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listGrants: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPolicyGrant"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importPolicy: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyImport"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyCompared"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    markBlocked: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMark"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockMark"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policyProofs: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyProofs"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policyProposal: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyProposal"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    provePolicy: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyProofs"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRevisions: {
        parameters: {
            query?: {
                /** @description The next of the page before; only good with the same filters and order. */
                cursor?: string;
                /** @description Rows in one page. */
                limit?: number;
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPolicyRevision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addRevision: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRevision"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRevision"];
                };
            };
            /** @description The text has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ModelRefusal"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revision: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path: {
                n: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRevision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    applyRevision: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path: {
                n: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyApplied"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approveRevision: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path: {
                n: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Approve"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRevision"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rollbackPolicy: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyReason"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyApplied"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    simulatePolicy: {
        parameters: {
            query?: {
                /** @description Needed only where there are several. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimulateRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSensors: {
        parameters: {
            query?: {
                /** @description All sites if it is left out. */
                site?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSensor"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sensor: {
        parameters: {
            query?: {
                /** @description Needed only where two sites have a sensor of this name. */
                site?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sensor"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Confirmation"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginConfirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOptions"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Opening"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkToken"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkOpened"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginOIDC: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Location has where to go. */
            303: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finishOIDC: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Location has where to go. */
            303: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signInPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyUsed"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOptions"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signInPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordSignIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListToken"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    traffic: {
        parameters: {
            query?: {
                /** @description Only what this asset sent or received; the whole plant if it is left out. */
                asset?: string;
                /** @description 24 hours before to if it is left out. */
                from?: string;
                site?: string;
                /** @description Seconds in one bucket; rounded up so that there are at most 1,000. Chosen to give about 200 if it is left out. */
                step?: number;
                /** @description Now if it is left out. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Traffic"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listViews: {
        parameters: {
            query?: {
                /** @description Only those of one page of the console. */
                page?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListView"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addView: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeView: {
        parameters: {
            query?: never;
            header?: {
                /** @description The etag of the view as it was seen; without it the answer is 428. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description Someone else changed it: this is how it is now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeView: {
        parameters: {
            query?: never;
            header?: {
                /** @description The etag of the view as it was seen; without it the answer is 428. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Someone else changed it: this is how it is now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    authority: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-pem-file": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Not ready */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description A problem document (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
