BEGIN TRANSACTION;
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  run TEXT NOT NULL,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  hold INTEGER NOT NULL,
  images INTEGER NOT NULL,
  month TEXT NOT NULL,
  reserved_at TEXT NOT NULL,
  sent_at TEXT NOT NULL DEFAULT '',
  fresh TEXT NOT NULL DEFAULT '',
  prediction TEXT NOT NULL DEFAULT '',
  addresses TEXT NOT NULL DEFAULT '[]',
  outputs TEXT NOT NULL DEFAULT '[]',
  receipt TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  filing INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "attempts" VALUES('a-reserved','winter','r-1','j1-4673955aa1f24048c187c2c91050dbbb36e1c5e8280cdb95b0012089ac1350e6','reserved',40000,1,'2026-11','2026-11-20T12:00:00Z','','','','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000001"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-reserved","cells":[{"address":"anna/p1/snow/master/t1","key":"c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a","source":"0000000000000000000000000000000000000000000000000000000000000001","take":1}],"job":"j1-4673955aa1f24048c187c2c91050dbbb36e1c5e8280cdb95b0012089ac1350e6","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-submitting','winter','r-1','j1-a8b3bc92bf3733f57ffc7c634ee2a8d33526d913fd4480c1f010ed059c4f1a2a','submitting',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-submitting','','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000002"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-submitting","cells":[{"address":"anna/p2/snow/master/t1","key":"c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b","source":"0000000000000000000000000000000000000000000000000000000000000002","take":1}],"job":"j1-a8b3bc92bf3733f57ffc7c634ee2a8d33526d913fd4480c1f010ed059c4f1a2a","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-submitted','winter','r-1','j1-e7d9c39b17669848b129eb785457a18855669f49ff096cbfbceb4c2d9f4af8c1','submitted',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-submitted','p-a-submitted','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000003"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in „Größe 38“, 雪.","takes":[1]},"attempt":"a-submitted","cells":[{"address":"anna/p3/snow/master/t1","key":"c1-4165e5815e0c8ae22d0f4b56773156371280fe33502d29ed79feb90002c65525","source":"0000000000000000000000000000000000000000000000000000000000000003","take":1}],"job":"j1-e7d9c39b17669848b129eb785457a18855669f49ff096cbfbceb4c2d9f4af8c1","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{"seed":5,"style":null},"prompt":"Put the woman in „Größe 38“, 雪.","provider":"wavespeed","realm":"real","reference":"0000000000000000000000000000000000000000000000000000000000000007","schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-ready','winter','r-1','j1-36826e13d166c65fb4475f1607e2d448a7c3ca590c040c287a69d9f2f060de2e','ready',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-ready','p-a-ready','["https://o/1", "https://o/2"]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000004"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-ready","cells":[{"address":"anna/p4/snow/master/t1","key":"c1-0e8dc96c77a2a18842c9e52f7abedef698b85ddc2210266082bbcf4ade11b486","source":"0000000000000000000000000000000000000000000000000000000000000004","take":1}],"job":"j1-36826e13d166c65fb4475f1607e2d448a7c3ca590c040c287a69d9f2f060de2e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-stored','winter','r-1','j1-6dba5e09cf0fc0b2a10845fa9eb3a9878c3b8917dcef36449ee98be5f00c5ded','stored',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-stored','p-a-stored','["https://o/1", "https://o/2"]','[["0000000000000000000000000000000000000000000000000000000000000005", 1005, 4096, 4096, "image/jpeg"], null]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000005"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-stored","cells":[{"address":"anna/p5/snow/master/t1","key":"c1-4cc08c050f3442277b3afb170bc0208c9f351d078e9118b82a37a13c4ac4faf5","source":"0000000000000000000000000000000000000000000000000000000000000005","take":1}],"job":"j1-6dba5e09cf0fc0b2a10845fa9eb3a9878c3b8917dcef36449ee98be5f00c5ded","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-settled','winter','r-1','j1-367b8743565bc17fa79f0fff31b811ad7df4bfe83a8beb1a35ee68898fb1e909','settled',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-settled','p-a-settled','["https://o/1", "https://o/2"]','[["0000000000000000000000000000000000000000000000000000000000000006", 1006, 4096, 4096, "image/jpeg"], null]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000006"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-settled","cells":[{"address":"anna/p6/snow/master/t1","key":"c1-d262580164d1884bc582c7697d8d3bf29293c74e620ea413e04b228015ba297d","source":"0000000000000000000000000000000000000000000000000000000000000006","take":1}],"job":"j1-367b8743565bc17fa79f0fff31b811ad7df4bfe83a8beb1a35ee68898fb1e909","kind":"gen","outputs":[{"bytes":1006,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000006","width":4096}],"prediction":"p-a-settled","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000006"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-settled","cells":[{"address":"anna/p6/snow/master/t1","key":"c1-d262580164d1884bc582c7697d8d3bf29293c74e620ea413e04b228015ba297d","source":"0000000000000000000000000000000000000000000000000000000000000006","take":1}],"job":"j1-367b8743565bc17fa79f0fff31b811ad7df4bfe83a8beb1a35ee68898fb1e909","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-filed','winter','r-1','j1-248cb42f00afd2d6518f27f17057d07387548833101e78b1d9b480b6c6bcfaa7','filed',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-filed','p-a-filed','["https://o/1", "https://o/2"]','[["0000000000000000000000000000000000000000000000000000000000000007", 1007, 4096, 4096, "image/jpeg"], null]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000007"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-filed","cells":[{"address":"anna/p7/snow/master/t1","key":"c1-a9209199a4c654ab96410dbf45c8dc96f5c85a73795819fe43f77a16ea314522","source":"0000000000000000000000000000000000000000000000000000000000000007","take":1}],"job":"j1-248cb42f00afd2d6518f27f17057d07387548833101e78b1d9b480b6c6bcfaa7","kind":"gen","outputs":[{"bytes":1007,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000007","width":4096}],"prediction":"p-a-filed","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',1,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000007"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-filed","cells":[{"address":"anna/p7/snow/master/t1","key":"c1-a9209199a4c654ab96410dbf45c8dc96f5c85a73795819fe43f77a16ea314522","source":"0000000000000000000000000000000000000000000000000000000000000007","take":1}],"job":"j1-248cb42f00afd2d6518f27f17057d07387548833101e78b1d9b480b6c6bcfaa7","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-failed','winter','r-1','j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909','failed',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-failed','p-a-failed','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000b"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-failed","cells":[{"address":"anna/p11/snow/master/t1","key":"c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d","source":"000000000000000000000000000000000000000000000000000000000000000b","take":1}],"code":1200,"job":"j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909","kind":"failed","message":"it did not work","prediction":"p-a-failed","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000b"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-failed","cells":[{"address":"anna/p11/snow/master/t1","key":"c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d","source":"000000000000000000000000000000000000000000000000000000000000000b","take":1}],"job":"j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-doubt','winter','r-1','j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e','in doubt',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-doubt','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000c"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-doubt","cells":[{"address":"anna/p12/snow/master/t1","key":"c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1","source":"000000000000000000000000000000000000000000000000000000000000000c","take":1}],"job":"j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e","kind":"doubt","message":"no answer","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000c"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-doubt","cells":[{"address":"anna/p12/snow/master/t1","key":"c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1","source":"000000000000000000000000000000000000000000000000000000000000000c","take":1}],"job":"j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-refused','winter','r-1','j1-022b3df101e8d9d1cef1c5523a977cf2e5115b3d904308ad40b5b586483ca1c2','refused',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-refused','','[]','[]','','HTTP 400: no',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000d"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-refused","cells":[{"address":"anna/p13/snow/master/t1","key":"c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a","source":"000000000000000000000000000000000000000000000000000000000000000d","take":1}],"job":"j1-022b3df101e8d9d1cef1c5523a977cf2e5115b3d904308ad40b5b586483ca1c2","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-abandoned','winter','r-1','j1-14b407edcbfbbf0bdd51aefd37dc0b4103f23ceea150e741731a859331b34457','abandoned',40000,1,'2026-11','2026-11-20T12:00:00Z','','','','[]','[]','','nothing was sent',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000e"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-abandoned","cells":[{"address":"anna/p14/snow/master/t1","key":"c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6","source":"000000000000000000000000000000000000000000000000000000000000000e","take":1}],"job":"j1-14b407edcbfbbf0bdd51aefd37dc0b4103f23ceea150e741731a859331b34457","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
CREATE TABLE billing (
  bill_row TEXT PRIMARY KEY, attempt TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
INSERT INTO "billing" VALUES('row-1','a-filed',39000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('row-2','a-filed',-1000,'2026-11-21T12:00:00Z');
CREATE TABLE cells (
  cell TEXT NOT NULL,
  attempt TEXT NOT NULL REFERENCES attempts (id),
  is_open INTEGER NOT NULL,
  PRIMARY KEY (cell, attempt)
) STRICT;
INSERT INTO "cells" VALUES('c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a','a-reserved',1);
INSERT INTO "cells" VALUES('c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b','a-submitting',1);
INSERT INTO "cells" VALUES('c1-4165e5815e0c8ae22d0f4b56773156371280fe33502d29ed79feb90002c65525','a-submitted',1);
INSERT INTO "cells" VALUES('c1-0e8dc96c77a2a18842c9e52f7abedef698b85ddc2210266082bbcf4ade11b486','a-ready',1);
INSERT INTO "cells" VALUES('c1-4cc08c050f3442277b3afb170bc0208c9f351d078e9118b82a37a13c4ac4faf5','a-stored',1);
INSERT INTO "cells" VALUES('c1-d262580164d1884bc582c7697d8d3bf29293c74e620ea413e04b228015ba297d','a-settled',1);
INSERT INTO "cells" VALUES('c1-a9209199a4c654ab96410dbf45c8dc96f5c85a73795819fe43f77a16ea314522','a-filed',0);
INSERT INTO "cells" VALUES('c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d','a-failed',1);
INSERT INTO "cells" VALUES('c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1','a-doubt',1);
INSERT INTO "cells" VALUES('c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a','a-refused',0);
INSERT INTO "cells" VALUES('c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6','a-abandoned',0);
CREATE TABLE known (
  attempt TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  month TEXT NOT NULL,
  charged INTEGER NOT NULL,
  is_doubt INTEGER NOT NULL,
  images INTEGER NOT NULL
) STRICT;
INSERT INTO "known" VALUES('a-far','autumn','2026-11',120000,0,3);
INSERT INTO "known" VALUES('a-far-doubt','autumn','2026-11',40000,1,1);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "meta" VALUES('format','1');
INSERT INTO "meta" VALUES('filings','3');
CREATE TABLE steps (attempt TEXT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL) STRICT;
INSERT INTO "steps" VALUES('a-reserved','reserved','r-1');
INSERT INTO "steps" VALUES('a-submitting','reserved','r-1');
INSERT INTO "steps" VALUES('a-submitting','submitting','r-1');
INSERT INTO "steps" VALUES('a-submitted','reserved','r-1');
INSERT INTO "steps" VALUES('a-submitted','submitting','r-1');
INSERT INTO "steps" VALUES('a-submitted','submitted','r-1');
INSERT INTO "steps" VALUES('a-ready','reserved','r-1');
INSERT INTO "steps" VALUES('a-ready','submitting','r-1');
INSERT INTO "steps" VALUES('a-ready','submitted','r-1');
INSERT INTO "steps" VALUES('a-ready','ready','r-1');
INSERT INTO "steps" VALUES('a-stored','reserved','r-1');
INSERT INTO "steps" VALUES('a-stored','submitting','r-1');
INSERT INTO "steps" VALUES('a-stored','submitted','r-1');
INSERT INTO "steps" VALUES('a-stored','ready','r-1');
INSERT INTO "steps" VALUES('a-stored','stored','r-1');
INSERT INTO "steps" VALUES('a-settled','reserved','r-1');
INSERT INTO "steps" VALUES('a-settled','submitting','r-1');
INSERT INTO "steps" VALUES('a-settled','submitted','r-1');
INSERT INTO "steps" VALUES('a-settled','ready','r-1');
INSERT INTO "steps" VALUES('a-settled','stored','r-1');
INSERT INTO "steps" VALUES('a-settled','settled','r-1');
INSERT INTO "steps" VALUES('a-filed','reserved','r-1');
INSERT INTO "steps" VALUES('a-filed','submitting','r-1');
INSERT INTO "steps" VALUES('a-filed','submitted','r-1');
INSERT INTO "steps" VALUES('a-filed','ready','r-1');
INSERT INTO "steps" VALUES('a-filed','stored','r-1');
INSERT INTO "steps" VALUES('a-filed','settled','r-1');
INSERT INTO "steps" VALUES('a-filed','filed','r-1');
INSERT INTO "steps" VALUES('a-failed','reserved','r-1');
INSERT INTO "steps" VALUES('a-failed','submitting','r-1');
INSERT INTO "steps" VALUES('a-failed','submitted','r-1');
INSERT INTO "steps" VALUES('a-failed','failed','r-1');
INSERT INTO "steps" VALUES('a-doubt','reserved','r-1');
INSERT INTO "steps" VALUES('a-doubt','submitting','r-1');
INSERT INTO "steps" VALUES('a-doubt','in doubt','r-1');
INSERT INTO "steps" VALUES('a-refused','reserved','r-1');
INSERT INTO "steps" VALUES('a-refused','submitting','r-1');
INSERT INTO "steps" VALUES('a-refused','refused','r-1');
INSERT INTO "steps" VALUES('a-abandoned','reserved','r-1');
INSERT INTO "steps" VALUES('a-abandoned','abandoned','r-1');
CREATE TABLE uploads (
  address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, reusable INTEGER NOT NULL
) STRICT;
INSERT INTO "uploads" VALUES('https://u/reuse','0000000000000000000000000000000000000000000000000000000000000001','2026-11-20T12:00:00Z',1);
INSERT INTO "uploads" VALUES('https://u/once','0000000000000000000000000000000000000000000000000000000000000001','2026-11-21T12:00:00Z',0);
CREATE UNIQUE INDEX one_open_job ON attempts (job) WHERE state NOT IN ('abandoned', 'filed', 'refused');
CREATE UNIQUE INDEX one_owner ON attempts (prediction) WHERE prediction <> '';
CREATE INDEX by_state ON attempts (state);
CREATE UNIQUE INDEX one_claim ON cells (cell) WHERE is_open = 1;
CREATE INDEX billing_of ON billing (attempt);
CREATE INDEX uploads_of ON uploads (sha256, at);
COMMIT;
