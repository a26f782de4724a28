/**
 * Cookies of consent banners as public code sends and tests them, with every stamp, ID, date and place changed. Each
 * line: whether the shopper granted what the reader asks for, and the Cookie header. `undefined`: no answer in it.
 */
export type Sample = readonly [granted: boolean | undefined, header: string];

const stamp = "stamp:%27Qm9ndXMtc3RhbXAtZm9yLXRlc3Rz+/aGVsbG8tdGhlcmU==%27";

/** For `cookiebot("marketing")`. */
export const COOKIEBOT: readonly Sample[] = [
  [
    true,
    `CookieConsent={${stamp}%2Cnecessary:true%2Cpreferences:true%2Cstatistics:true%2Cmarketing:true%2Cmethod:%27explicit%27%2Cver:1%2Cutc:1764374400001%2Cregion:%27nl%27}`,
  ],
  [
    false,
    `CookieConsent={${stamp}%2Cnecessary:true%2Cpreferences:false%2Cstatistics:false%2Cmarketing:false%2Cver:1%2Cutc:1764374400002%2Cregion:%27gb%27}`,
  ],
  [
    false,
    "CookieConsent={stamp:'Zm9yLXRlc3Rz+mhHNOH8==',necessary:true,preferences:false,statistics:true,marketing:false,method:'explicit',ver:7,utc:1764374400003,region:'de'}",
  ],
  [
    true,
    "CookieConsent={stamp:%27-1%27%2Cnecessary:true%2Cpreferences:true%2Cstatistics:true%2Cmarketing:true%2Cmethod:%27implied%27%2Cver:1%2Cutc:1764374400004%2Cregion:%27US-06%27}",
  ],
  [
    true,
    "CookieConsent={stamp:'aWFi=='%2Cnecessary:true%2Cpreferences:true%2Cstatistics:true%2Cmarketing:true%2Cver:1%2Cutc:1764374400005%2Ciab:'BOoI5yEOoI5yECGABBENCh-AAAAp57v9'}",
  ],
  [
    true,
    "CookieConsent=%7Bstamp%3A%27dGVzdA%3D%3D%27%2Cnecessary%3Atrue%2Cpreferences%3Atrue%2Cstatistics%3Afalse%2Cmarketing%3Atrue%2Cmethod%3A%27explicit%27%2Cver%3A1%2Cutc%3A1764374400006%2Cregion%3A%27fr%27%7D",
  ],
  [true, "CookieConsent=-1"],
  [false, "CookieConsent=0"],
  [undefined, "CookieConsent=%7Bstamp%3A%27dGVzdA%27%2Cnecessary%3Atrue%7D"],
  [undefined, "CookieConsent={stamp:%27marketing:true%27%2Cnecessary:true}"],
  [undefined, "CookieConsent={stamp:'x',necessary:true,marketing:truely}"],
  [undefined, "CookieConsent=true"],
];

const onetrust = (rest: string) =>
  `OptanonConsent=isGpcEnabled=0&datestamp=Sat+Nov+28+2026+14%3A57%3A50+GMT%2B0530+(India+Standard+Time)&version=202510.2.0&browserGpcFlag=0&isIABGlobal=false&hosts=&consentId=00000000-1111-4222-8333-444444444444&interactionCount=2&isAnonUser=1&${rest}`;

/** For `oneTrust("C0004")`. */
export const ONETRUST: readonly Sample[] = [
  [
    true,
    onetrust(
      "landingPath=NotLandingPage&groups=C0001%3A1%2CC0002%3A1%2CC0003%3A1%2CC0004%3A1%2CC0005%3A1&AwaitingReconsent=false&intType=1&geolocation=IN%3BMH",
    ),
  ],
  [
    false,
    "OptanonConsent=isIABGlobal=false&datestamp=Sat+Nov+28+2026+22%3A50%3A02+GMT%2B0200+(czas+%C5%9Brodkowoeuropejski+letni)&version=6.7.0&hosts=&consentId=00000000-1111-4222-8333-444444444444&interactionCount=1&landingPath=NotLandingPage&groups=C0002%3A0%2CC0003%3A0%2CC0004%3A0%2CC0005%3A0&AwaitingReconsent=false",
  ],
  [
    true,
    "OptanonConsent=isIABGlobal=false&datestamp=Sat+Nov+28+2026+00:13:16+GMT+0300+(Moscow+Standard+Time)&version=6.8.0&hosts=&interactionCount=1&landingPath=NotLandingPage&groups=C0001:1,C0003:1,C0002:1,C0004:1,C0017:1&AwaitingReconsent=false",
  ],
  [
    undefined,
    "OptanonConsent=isIABGlobal=false&datestamp=Sat+Nov+28+2026&version=6.33.0&hosts=&landingPath=https%3A%2F%2Fshop.example%2F&groups=C0001%3A1%2CC0002%3A1%2CC0003%3A1",
  ],
  [
    true,
    onetrust(
      "genVendors=V8%3A0%2CV28%3A0%2C&landingPath=NotLandingPage&groups=C0001%3A1%2CC0003%3A1%2CC0002%3A1%2CC0004%3A1%2CV2STACK42%3A0",
    ),
  ],
  [
    false,
    onetrust(
      "landingPath=https%3A%2F%2Fshop.example%2F%3Favad%3D77_ab%26groups%3DC0004%3A1&groups=C0001%3A1%2CC0004%3A0",
    ),
  ],
  [undefined, onetrust("landingPath=https%3A%2F%2Fshop.example%2F%3Fa%3D1%26groups%3DC0004%3A1")],
  [
    true,
    "OptanonConsent=isGpcEnabled%3D0%26landingPath%3DNotLandingPage%26groups%3DC0001%253A1%252CC0004%253A1",
  ],
  [undefined, "OptanonConsent=groups=XC0004%3A1%2CC00041%3A1"],
  [false, "OptanonConsent=groups=C0004%3A1%2CC0004%3A0"],
  [undefined, "OptanonConsent=groups=C0004%3A2"],
];

/** For `cookieYes("advertisement")`. */
export const COOKIEYES: readonly Sample[] = [
  [
    true,
    "cookieyes-consent=consentid:bm90LWEtcmVhbC1jb25zZW50LWlkLWZvci10ZXN0cw,consent:yes,action:yes,necessary:yes,functional:yes,analytics:yes,performance:yes,advertisement:yes,other:yes",
  ],
  [
    false,
    "cookieyes-consent=consentid:bm90LWEtcmVhbC1jb25zZW50,consent:no,action:,necessary:yes,functional:no,analytics:no,performance:no,advertisement:no,other:no",
  ],
  [
    true,
    "cookieyes-consent=consentid:bm90LWEtcmVhbA,consent:yes,action:no,necessary:yes,functional:yes,analytics:yes,performance:yes,advertisement:yes",
  ],
  [
    false,
    "cookieyes-consent=consentid:bm90LWE,consent:no,action:yes,necessary:yes,analytics:no,advertisement:no,other:no",
  ],
  [
    undefined,
    "cookieyes-consent=consentid:bm90,consent:,action:,necessary:,functional:,analytics:,performance:,advertisement:,other:",
  ],
  [
    true,
    "cookieyes-consent=consentid%3Abm90%2Cconsent%3Ayes%2Caction%3Ayes%2Canalytics%3Ano%2Cadvertisement%3Ayes",
  ],
  [undefined, "cookieyes-consent=consentid:abc,consent:no,action:yes,necessary:yes"],
  [undefined, "cookieyes-consent=consentid:xadvertisement:yes,consent:yes"],
];

const cc = (value: object) => `cc_cookie=${encodeURIComponent(JSON.stringify(value))}`;
const when = "2026-11-28T06:43:23.433Z";

/** For `vanillaCookieConsent("ads")`. */
export const VANILLA_COOKIECONSENT: readonly Sample[] = [
  [
    true,
    cc({
      categories: ["necessary", "analytics", "ads"],
      revision: 0,
      data: null,
      consentTimestamp: when,
      consentId: "00000000-1111-4222-8333-444444444444",
      services: { necessary: [], analytics: [], ads: [] },
      lastConsentTimestamp: when,
    }),
  ],
  [
    false,
    cc({
      categories: ["necessary"],
      revision: 1,
      data: null,
      consentTimestamp: when,
      services: { necessary: [], ads: [] },
      languageCode: "en",
      lastConsentTimestamp: when,
      expirationTime: 1_795_000_000_000,
    }),
  ],
  [
    true,
    cc({
      categories: ["necessary", "ads"],
      level: ["necessary", "ads"],
      revision: 1,
      data: null,
      rfc_cookie: true,
    }),
  ],
  [false, 'cc_cookie={"level":["necessary","analytics"],"revision":0,"data":null,"rfc_cookie":false}'],
  [true, 'cc_cookie={"level":["necessary","ads"],"revision":0,"data":null,"rfc_cookie":false}'],
  [
    false,
    'cc_cookie={"categories":["necessary"],"revision":0,"data":null,"consent_date":"2026-11-28T08:45:11.101Z"}',
  ],
  [false, cc({ categories: [] })],
  [undefined, cc({ categories: "ads" })],
  [undefined, cc(["ads"])],
  [undefined, "cc_cookie=%7B%22categories%22%3A%5B%22ads%22"],
];

const klaroCookie = (value: object) => `klaro=${encodeURIComponent(JSON.stringify(value))}`;

/** For `klaro("avantlink")`. */
export const KLARO: readonly Sample[] = [
  [true, klaroCookie({ klaro: true, matomo: true, avantlink: true })],
  [
    false,
    klaroCookie({ "necessary-cookies": true, preferences: false, "google-ads": false, avantlink: false }),
  ],
  [true, 'klaro={"klaro":true,"avantlink":true}'],
  [
    true,
    klaroCookie({ site_functionality: true, facebook: false, avantlink: true, google_tag_manager: true }),
  ],
  [false, klaroCookie({ cms: true, adsense: false, youtube: false, avantlink: false })],
  [undefined, klaroCookie({ matomo: false, technicalTracker: true })],
  [undefined, klaroCookie({ avantlink: "true" })],
  [undefined, klaroCookie(["avantlink"])],
  [undefined, 'klaro={"__proto__":{"avantlink":true}}'],
];

/** For `c15t("marketing")`. */
export const C15T: readonly Sample[] = [
  [
    true,
    "c15t=c.necessary:1,c.measurement:1,c.marketing:1,i.sid:sub_000AAAA0aaaAaaAaaaaaaaaA0A,i.t:1764374400000,i.y:all",
  ],
  [false, "c15t=c.necessary:1,c.measurement:1,i.t:1764374400000,i.y:custom"],
  [false, "c15t=c.necessary:1,c.measurement:0,c.marketing:0,i.t:1764374400000"],
  [true, "c15t=i.t:1764374400000,c.necessary:1,c.functionality:1,c.marketing:1"],
  [
    true,
    "c15t=i.t%3A1764374400000%2Cc.necessary%3A1%2Cc.functionality%3A1%2Cc.marketing%3A1%2Cc.measurement%3A1",
  ],
  [false, "c15t=c.necessary:1,c.marketing:yes,i.t:1"],
  [false, "c15t=c.necessary:1,c.marketing:1,c.marketing:0,i.t:1"],
  [undefined, "c15t=i.t:1764374400000"],
  [undefined, "c15t=no-colons-here"],
];
