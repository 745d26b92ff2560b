BEGIN TRANSACTION;
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  run TEXT NOT NULL,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  counts TEXT NOT NULL,
  hold INTEGER NOT NULL,
  images INTEGER NOT NULL,
  billed INTEGER,
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
  body TEXT NOT NULL,
  permit TEXT NOT NULL DEFAULT '',
  booked_images INTEGER AS (iif(counts = 'free' AND billed IS NULL, 0, images)) VIRTUAL,
  held_images INTEGER AS (iif(counts = 'reserved', images, 0)) VIRTUAL,
  charged INTEGER AS (coalesce(billed, iif(counts = 'charged', hold, 0))) VIRTUAL,
  reserved INTEGER AS (iif(counts = 'reserved', max(0, hold - coalesce(billed, 0)), 0)) VIRTUAL,
  in_doubt INTEGER AS (iif(counts = 'in doubt', max(0, hold - coalesce(billed, 0)), 0)) VIRTUAL,
  CHECK (is_open = (state NOT IN ('filed', 'refused', 'abandoned'))),
  CHECK (counts IS CASE
    WHEN state IN ('reserved', 'submitting', 'submitted', 'ready') THEN 'reserved'
    WHEN state IN ('stored', 'settled', 'filed', 'failed') THEN 'charged'
    WHEN state IN ('refused', 'abandoned') THEN 'free'
    WHEN state = 'in doubt' THEN 'in doubt' END)
) STRICT;
INSERT INTO "attempts" VALUES('a-lost','winter','','j1-029e4e9df7acc3cadaa8d341d7e0d979f60c95668988666e3c867a695907fc97','in doubt',1,'in doubt',80000,2,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000001"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000002"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"at":"2026-11-21T12:00:00Z","attempt":"a-lost","cells":[{"address":"anna/p1/snow/master/t1","key":"c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a","source":"0000000000000000000000000000000000000000000000000000000000000001","take":1},{"address":"anna/p2/snow/master/t1","key":"c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b","source":"0000000000000000000000000000000000000000000000000000000000000002","take":1}],"job":"j1-029e4e9df7acc3cadaa8d341d7e0d979f60c95668988666e3c867a695907fc97","kind":"doubt","message":"no answer","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000001"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000002"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"attempt":"a-lost","cells":[{"address":"anna/p1/snow/master/t1","key":"c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a","source":"0000000000000000000000000000000000000000000000000000000000000001","take":1},{"address":"anna/p2/snow/master/t1","key":"c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b","source":"0000000000000000000000000000000000000000000000000000000000000002","take":1}],"job":"j1-029e4e9df7acc3cadaa8d341d7e0d979f60c95668988666e3c867a695907fc97","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-adopted','winter','','j1-804d10a5e08f4321cff1561a9edbcc9e1f891be342fc403f3fbff33f0ba2010e','submitted',1,'reserved',40000,1,NULL,'2026-11','2026-11-21T12:00:00Z','2026-11-21T12:00:00Z','','p-adopted','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000003"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-adopted","cells":[{"address":"anna/p3/snow/master/t1","key":"c1-319dd0f7b42cbe7cc2001a02e73eef9202c2d691f47dfd9eb71487cc3b697709","source":"0000000000000000000000000000000000000000000000000000000000000003","take":1}],"job":"j1-804d10a5e08f4321cff1561a9edbcc9e1f891be342fc403f3fbff33f0ba2010e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-reserved','autumn','r-1','j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909','reserved',1,'reserved',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','','','','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000b"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-reserved","cells":[{"address":"anna/p11/snow/master/t1","key":"c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d","source":"000000000000000000000000000000000000000000000000000000000000000b","take":1}],"job":"j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-submitting','winter','r-1','j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e','submitting',1,'reserved',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-submitting','','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000c"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-submitting","cells":[{"address":"anna/p12/snow/master/t1","key":"c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1","source":"000000000000000000000000000000000000000000000000000000000000000c","take":1}],"job":"j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-submitted','autumn','r-1','j1-022b3df101e8d9d1cef1c5523a977cf2e5115b3d904308ad40b5b586483ca1c2','submitted',1,'reserved',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-submitted','p-a-submitted','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000d"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-submitted","cells":[{"address":"anna/p13/snow/master/t1","key":"c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a","source":"000000000000000000000000000000000000000000000000000000000000000d","take":1}],"job":"j1-022b3df101e8d9d1cef1c5523a977cf2e5115b3d904308ad40b5b586483ca1c2","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-ready','winter','r-2','j1-14b407edcbfbbf0bdd51aefd37dc0b4103f23ceea150e741731a859331b34457','ready',1,'reserved',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-ready','p-a-ready','["https://x/1"]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000e"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-ready","cells":[{"address":"anna/p14/snow/master/t1","key":"c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6","source":"000000000000000000000000000000000000000000000000000000000000000e","take":1}],"job":"j1-14b407edcbfbbf0bdd51aefd37dc0b4103f23ceea150e741731a859331b34457","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-stored','autumn','r-1','j1-e1b4509a714da5e39971ba673eb5bc1e1d3079e0efa06661b90264900c439acf','stored',1,'charged',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-stored','p-a-stored','["https://x/1"]','[["0000000000000000000000000000000000000000000000000000000000000007", 1007, 4096, 4096, "image/jpeg"], null]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000f"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-stored","cells":[{"address":"anna/p15/snow/master/t1","key":"c1-10bc8f891241f06cdf4f6290cb349f9acaa892c27b74cbb6db1e2a7a2cee27e3","source":"000000000000000000000000000000000000000000000000000000000000000f","take":1}],"job":"j1-e1b4509a714da5e39971ba673eb5bc1e1d3079e0efa06661b90264900c439acf","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-settled','summer','r-1','j1-4f444767ac5f39bd32510d97ce390d314eccfb889136fa30b6bcbce813949c18','settled',1,'charged',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-settled','p-a-settled','["https://x/1"]','[["0000000000000000000000000000000000000000000000000000000000000007", 1007, 4096, 4096, "image/jpeg"], null]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000010"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-settled","cells":[{"address":"anna/p16/snow/master/t1","key":"c1-071e7ddeaf8923274cba6de6b4916b154b270ecda3d825484bb8931a0813e10a","source":"0000000000000000000000000000000000000000000000000000000000000010","take":1}],"job":"j1-4f444767ac5f39bd32510d97ce390d314eccfb889136fa30b6bcbce813949c18","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096}],"prediction":"p-a-settled","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000010"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-settled","cells":[{"address":"anna/p16/snow/master/t1","key":"c1-071e7ddeaf8923274cba6de6b4916b154b270ecda3d825484bb8931a0813e10a","source":"0000000000000000000000000000000000000000000000000000000000000010","take":1}],"job":"j1-4f444767ac5f39bd32510d97ce390d314eccfb889136fa30b6bcbce813949c18","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-filed','autumn','r-1','j1-1913753620ee5513d6815d75a2507494f0f9ec233d0cb81edb474e9953d9e71c','filed',0,'charged',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-filed','p-a-filed','["https://x/1"]','[["0000000000000000000000000000000000000000000000000000000000000007", 1007, 4096, 4096, "image/jpeg"], null]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000011"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-filed","cells":[{"address":"anna/p17/snow/master/t1","key":"c1-1559b29f31d469fd76d03b6c9914051b1c0f5cc57efc6c1425669c3fec1c0f5e","source":"0000000000000000000000000000000000000000000000000000000000000011","take":1}],"job":"j1-1913753620ee5513d6815d75a2507494f0f9ec233d0cb81edb474e9953d9e71c","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096}],"prediction":"p-a-filed","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',1,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000011"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-filed","cells":[{"address":"anna/p17/snow/master/t1","key":"c1-1559b29f31d469fd76d03b6c9914051b1c0f5cc57efc6c1425669c3fec1c0f5e","source":"0000000000000000000000000000000000000000000000000000000000000011","take":1}],"job":"j1-1913753620ee5513d6815d75a2507494f0f9ec233d0cb81edb474e9953d9e71c","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-over-its-hold','winter','r-1','j1-b9b159dddcc540f71a5efc08e125c593ef5bd69e04c773d75efddd55a908764c','filed',0,'charged',40000,1,120000,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-over-its-hold','p-a-over-its-hold','["https://x/1"]','[["0000000000000000000000000000000000000000000000000000000000000007", 1007, 4096, 4096, "image/jpeg"], null]','{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000001e"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-over-its-hold","cells":[{"address":"anna/p30/snow/master/t1","key":"c1-1ddbfc96bc11fdb9d69aa7fbfc7469997bbc44b12681dae0b9950834ea8931fb","source":"000000000000000000000000000000000000000000000000000000000000001e","take":1}],"job":"j1-b9b159dddcc540f71a5efc08e125c593ef5bd69e04c773d75efddd55a908764c","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096}],"prediction":"p-a-over-its-hold","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',2,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000001e"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-over-its-hold","cells":[{"address":"anna/p30/snow/master/t1","key":"c1-1ddbfc96bc11fdb9d69aa7fbfc7469997bbc44b12681dae0b9950834ea8931fb","source":"000000000000000000000000000000000000000000000000000000000000001e","take":1}],"job":"j1-b9b159dddcc540f71a5efc08e125c593ef5bd69e04c773d75efddd55a908764c","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-billed-while-open','winter','r-1','j1-8c8567dc18a8fd0de225b6feb89a4d8ebcf80d61f4c03478c9d812747a705f6d','submitted',1,'reserved',120000,3,40000,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-billed-while-open','p-a-billed-while-open','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000001f"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000020"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000021"}],"params":{"max_images":3,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1,1]},"attempt":"a-billed-while-open","cells":[{"address":"anna/p31/snow/master/t1","key":"c1-326d81d233b1f05c6029f8eb75ee1617de45150131c289957e75f37ed1c76f99","source":"000000000000000000000000000000000000000000000000000000000000001f","take":1},{"address":"anna/p32/snow/master/t1","key":"c1-2e64cd8dcecf3fa665974f7f7b1379d6e4bc56f3a490c8d8fd9da777719b97b5","source":"0000000000000000000000000000000000000000000000000000000000000020","take":1},{"address":"anna/p33/snow/master/t1","key":"c1-395b3849ddb6ccea48b46162effd52315dec8a9dadfac1eacbfed1325e2fb082","source":"0000000000000000000000000000000000000000000000000000000000000021","take":1}],"job":"j1-8c8567dc18a8fd0de225b6feb89a4d8ebcf80d61f4c03478c9d812747a705f6d","quote":120000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-refused','winter','r-1','j1-b285941fe908daab713f2284b4be164eab8b97786ce0779fa2363a9572f98ef3','refused',0,'free',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-refused','','[]','[]','','HTTP 400',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000022"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-refused","cells":[{"address":"anna/p34/snow/master/t1","key":"c1-4e2ffec2119ea35c9b69a5e5f4b6cd87e9a2cd8c173ddffb932b9f6d2d0e02a4","source":"0000000000000000000000000000000000000000000000000000000000000022","take":1}],"job":"j1-b285941fe908daab713f2284b4be164eab8b97786ce0779fa2363a9572f98ef3","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-waived','winter','r-1','j1-df3627a924a9513c80eabebafbf1be9acfc1929d93dd24c7804c060cc9a568a5','abandoned',0,'free',40000,1,0,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-waived','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000023"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-waived","cells":[{"address":"anna/p35/snow/master/t1","key":"c1-2bae79cc79b4b3ee6983f473d0320ceba81c333427de0fd37848a5f4bade7a59","source":"0000000000000000000000000000000000000000000000000000000000000023","take":1}],"job":"j1-df3627a924a9513c80eabebafbf1be9acfc1929d93dd24c7804c060cc9a568a5","kind":"doubt","message":"no answer","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','waived',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000023"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-waived","cells":[{"address":"anna/p35/snow/master/t1","key":"c1-2bae79cc79b4b3ee6983f473d0320ceba81c333427de0fd37848a5f4bade7a59","source":"0000000000000000000000000000000000000000000000000000000000000023","take":1}],"job":"j1-df3627a924a9513c80eabebafbf1be9acfc1929d93dd24c7804c060cc9a568a5","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-waived-then-found','winter','','j1-61f01f7eaf813c699830532e4c6da9a7430a0bc4d88cb2fd056828565aa71691','submitted',1,'reserved',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-waived-then-found','p-found','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000024"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-waived-then-found","cells":[{"address":"anna/p36/snow/master/t1","key":"c1-e1608cd39b80e47509733d4e7a536b8af14e88a842d6940cea3fc6a47c5cd18a","source":"0000000000000000000000000000000000000000000000000000000000000024","take":1}],"job":"j1-61f01f7eaf813c699830532e4c6da9a7430a0bc4d88cb2fd056828565aa71691","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
INSERT INTO "attempts" VALUES('a-permit-filed','winter','r-3','j1-27e189ba2afa16ce0582474496c39bd8e1ec470be0c6a9d80851a8d45c486711','filed',0,'charged',80000,2,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-permit-filed','p-a-permit-filed','["https://x/1"]','[["0000000000000000000000000000000000000000000000000000000000000065", 1101, 4096, 4096, "image/jpeg"], ["0000000000000000000000000000000000000000000000000000000000000066", 1102, 4096, 4096, "image/jpeg"]]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000032"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000033"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"at":"2026-11-20T12:00:00Z","attempt":"a-permit-filed","cells":[{"address":"anna/p50/snow/master/t1","key":"c1-6118bea697e460f1e2bd6885378b177dd168202aef7375b0fa5b1b9e43aedfc0","source":"0000000000000000000000000000000000000000000000000000000000000032","take":1},{"address":"anna/p51/snow/master/t1","key":"c1-2713a56aa22a1b80d5b3bd80c20f072dfa63d1da7b3341eda8aedde752bff1c1","source":"0000000000000000000000000000000000000000000000000000000000000033","take":1}],"job":"j1-27e189ba2afa16ce0582474496c39bd8e1ec470be0c6a9d80851a8d45c486711","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096},{"bytes":1102,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000066","width":4096}],"permit":"p1-1111111111111111111111111111111111111111111111111111111111111111","prediction":"p-a-permit-filed","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',6,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000032"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000033"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"attempt":"a-permit-filed","cells":[{"address":"anna/p50/snow/master/t1","key":"c1-6118bea697e460f1e2bd6885378b177dd168202aef7375b0fa5b1b9e43aedfc0","source":"0000000000000000000000000000000000000000000000000000000000000032","take":1},{"address":"anna/p51/snow/master/t1","key":"c1-2713a56aa22a1b80d5b3bd80c20f072dfa63d1da7b3341eda8aedde752bff1c1","source":"0000000000000000000000000000000000000000000000000000000000000033","take":1}],"job":"j1-27e189ba2afa16ce0582474496c39bd8e1ec470be0c6a9d80851a8d45c486711","permit":"p1-1111111111111111111111111111111111111111111111111111111111111111","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','p1-1111111111111111111111111111111111111111111111111111111111111111');
INSERT INTO "attempts" VALUES('a-permit-failed','winter','r-3','j1-36025c5606f23757146623c61efc9c0ae3643a9b99283d25ce2fd38d0cd1b20f','filed',0,'charged',40000,1,0,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-permit-failed','p-a-permit-failed','["https://x/1"]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000034"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-permit-failed","cells":[{"address":"anna/p52/snow/master/t1","key":"c1-7aa1e00008ed4cb6f62a64529a43e553ab8efab4f25f8173c5341285f86a61f1","source":"0000000000000000000000000000000000000000000000000000000000000034","take":1}],"code":5000,"job":"j1-36025c5606f23757146623c61efc9c0ae3643a9b99283d25ce2fd38d0cd1b20f","kind":"failed","message":"it did not work","permit":"p1-1111111111111111111111111111111111111111111111111111111111111111","prediction":"p-a-permit-failed","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',7,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000034"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-permit-failed","cells":[{"address":"anna/p52/snow/master/t1","key":"c1-7aa1e00008ed4cb6f62a64529a43e553ab8efab4f25f8173c5341285f86a61f1","source":"0000000000000000000000000000000000000000000000000000000000000034","take":1}],"job":"j1-36025c5606f23757146623c61efc9c0ae3643a9b99283d25ce2fd38d0cd1b20f","permit":"p1-1111111111111111111111111111111111111111111111111111111111111111","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','p1-1111111111111111111111111111111111111111111111111111111111111111');
INSERT INTO "attempts" VALUES('a-permit-under-way','winter','r-3','j1-b8c05b44be2da9d0c0a0991d2cff7a90385c8726f1f7443c54fe5823f5e3776f','submitted',1,'reserved',120000,3,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-permit-under-way','p-a-permit-under-way','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000035"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000036"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000037"}],"params":{"max_images":3,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1,1]},"attempt":"a-permit-under-way","cells":[{"address":"anna/p53/snow/master/t1","key":"c1-546b60f554c0f654da1b5af8b4cbd6e765c5b3aabaa56855dbd712f3cf783ecb","source":"0000000000000000000000000000000000000000000000000000000000000035","take":1},{"address":"anna/p54/snow/master/t1","key":"c1-a48acba24cd933fe7a3a10882b5d5630543411223259209e855e6638cc81aeb6","source":"0000000000000000000000000000000000000000000000000000000000000036","take":1},{"address":"anna/p55/snow/master/t1","key":"c1-83391c883d675d8b34b79c75263ae07517c6ef2d1fd396f8478b1600b5754221","source":"0000000000000000000000000000000000000000000000000000000000000037","take":1}],"job":"j1-b8c05b44be2da9d0c0a0991d2cff7a90385c8726f1f7443c54fe5823f5e3776f","permit":"p1-1111111111111111111111111111111111111111111111111111111111111111","quote":120000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','p1-1111111111111111111111111111111111111111111111111111111111111111');
INSERT INTO "attempts" VALUES('a-permit-doubt','winter','r-3','j1-e12cf422edb99cfa61fb1e3561ad23a4881bb7150fed8ad996de1dd8883240ff','in doubt',1,'in doubt',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-permit-doubt','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000038"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-permit-doubt","cells":[{"address":"anna/p56/snow/master/t1","key":"c1-269856de7b87d3b37a205112800c7d122c1e38ea3951052a92886de78e8a30ce","source":"0000000000000000000000000000000000000000000000000000000000000038","take":1}],"job":"j1-e12cf422edb99cfa61fb1e3561ad23a4881bb7150fed8ad996de1dd8883240ff","kind":"doubt","message":"no answer","permit":"p1-2222222222222222222222222222222222222222222222222222222222222222","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"},"sent":"2026-11-20T12:00:00Z"}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000038"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-permit-doubt","cells":[{"address":"anna/p56/snow/master/t1","key":"c1-269856de7b87d3b37a205112800c7d122c1e38ea3951052a92886de78e8a30ce","source":"0000000000000000000000000000000000000000000000000000000000000038","take":1}],"job":"j1-e12cf422edb99cfa61fb1e3561ad23a4881bb7150fed8ad996de1dd8883240ff","permit":"p1-2222222222222222222222222222222222222222222222222222222222222222","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','p1-2222222222222222222222222222222222222222222222222222222222222222');
INSERT INTO "attempts" VALUES('a-no-permit','winter','r-3','j1-bcd230181e8d6ffd55d82e70a4aae511d85ee9b1b86bea0b0fffda1c83b71e74','filed',0,'charged',40000,1,NULL,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','u-a-no-permit','p-a-no-permit','["https://x/1"]','[["0000000000000000000000000000000000000000000000000000000000000065", 1101, 4096, 4096, "image/jpeg"]]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000039"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-no-permit","cells":[{"address":"anna/p57/snow/master/t1","key":"c1-a332911d91e7bcce38ed86fee7a7fdeda307b0340379156897e843636ebaf615","source":"0000000000000000000000000000000000000000000000000000000000000039","take":1}],"job":"j1-bcd230181e8d6ffd55d82e70a4aae511d85ee9b1b86bea0b0fffda1c83b71e74","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096}],"prediction":"p-a-no-permit","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',8,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000039"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-no-permit","cells":[{"address":"anna/p57/snow/master/t1","key":"c1-a332911d91e7bcce38ed86fee7a7fdeda307b0340379156897e843636ebaf615","source":"0000000000000000000000000000000000000000000000000000000000000039","take":1}],"job":"j1-bcd230181e8d6ffd55d82e70a4aae511d85ee9b1b86bea0b0fffda1c83b71e74","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','');
CREATE TABLE billing (
  bill_row TEXT PRIMARY KEY, attempt TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
INSERT INTO "billing" VALUES('b-1','a-over-its-hold',120000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-2','a-billed-while-open',40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-3','a-waived',40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-4','a-waived',-40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-5','a-far',160000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-6','a-permit-failed',40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-7','a-permit-failed',-40000,'2026-11-21T12:00:00Z');
CREATE TABLE cells (
  cell TEXT NOT NULL,
  attempt TEXT NOT NULL REFERENCES attempts (id),
  is_open INTEGER NOT NULL,
  PRIMARY KEY (cell, attempt)
) STRICT;
INSERT INTO "cells" VALUES('c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a','a-lost',1);
INSERT INTO "cells" VALUES('c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b','a-lost',1);
INSERT INTO "cells" VALUES('c1-319dd0f7b42cbe7cc2001a02e73eef9202c2d691f47dfd9eb71487cc3b697709','a-adopted',1);
INSERT INTO "cells" VALUES('c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d','a-reserved',1);
INSERT INTO "cells" VALUES('c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1','a-submitting',1);
INSERT INTO "cells" VALUES('c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a','a-submitted',1);
INSERT INTO "cells" VALUES('c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6','a-ready',1);
INSERT INTO "cells" VALUES('c1-10bc8f891241f06cdf4f6290cb349f9acaa892c27b74cbb6db1e2a7a2cee27e3','a-stored',1);
INSERT INTO "cells" VALUES('c1-071e7ddeaf8923274cba6de6b4916b154b270ecda3d825484bb8931a0813e10a','a-settled',1);
INSERT INTO "cells" VALUES('c1-1559b29f31d469fd76d03b6c9914051b1c0f5cc57efc6c1425669c3fec1c0f5e','a-filed',0);
INSERT INTO "cells" VALUES('c1-1ddbfc96bc11fdb9d69aa7fbfc7469997bbc44b12681dae0b9950834ea8931fb','a-over-its-hold',0);
INSERT INTO "cells" VALUES('c1-326d81d233b1f05c6029f8eb75ee1617de45150131c289957e75f37ed1c76f99','a-billed-while-open',1);
INSERT INTO "cells" VALUES('c1-2e64cd8dcecf3fa665974f7f7b1379d6e4bc56f3a490c8d8fd9da777719b97b5','a-billed-while-open',1);
INSERT INTO "cells" VALUES('c1-395b3849ddb6ccea48b46162effd52315dec8a9dadfac1eacbfed1325e2fb082','a-billed-while-open',1);
INSERT INTO "cells" VALUES('c1-4e2ffec2119ea35c9b69a5e5f4b6cd87e9a2cd8c173ddffb932b9f6d2d0e02a4','a-refused',0);
INSERT INTO "cells" VALUES('c1-2bae79cc79b4b3ee6983f473d0320ceba81c333427de0fd37848a5f4bade7a59','a-waived',0);
INSERT INTO "cells" VALUES('c1-e1608cd39b80e47509733d4e7a536b8af14e88a842d6940cea3fc6a47c5cd18a','a-waived-then-found',1);
INSERT INTO "cells" VALUES('c1-6118bea697e460f1e2bd6885378b177dd168202aef7375b0fa5b1b9e43aedfc0','a-permit-filed',0);
INSERT INTO "cells" VALUES('c1-2713a56aa22a1b80d5b3bd80c20f072dfa63d1da7b3341eda8aedde752bff1c1','a-permit-filed',0);
INSERT INTO "cells" VALUES('c1-7aa1e00008ed4cb6f62a64529a43e553ab8efab4f25f8173c5341285f86a61f1','a-permit-failed',0);
INSERT INTO "cells" VALUES('c1-546b60f554c0f654da1b5af8b4cbd6e765c5b3aabaa56855dbd712f3cf783ecb','a-permit-under-way',1);
INSERT INTO "cells" VALUES('c1-a48acba24cd933fe7a3a10882b5d5630543411223259209e855e6638cc81aeb6','a-permit-under-way',1);
INSERT INTO "cells" VALUES('c1-83391c883d675d8b34b79c75263ae07517c6ef2d1fd396f8478b1600b5754221','a-permit-under-way',1);
INSERT INTO "cells" VALUES('c1-269856de7b87d3b37a205112800c7d122c1e38ea3951052a92886de78e8a30ce','a-permit-doubt',1);
INSERT INTO "cells" VALUES('c1-a332911d91e7bcce38ed86fee7a7fdeda307b0340379156897e843636ebaf615','a-no-permit',0);
CREATE TABLE known (
  attempt TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  month TEXT NOT NULL,
  told INTEGER NOT NULL,
  is_doubt INTEGER NOT NULL,
  images INTEGER NOT NULL,
  billed INTEGER,
  permit TEXT NOT NULL DEFAULT '',
  charged INTEGER AS (iif(is_doubt, 0, max(told, coalesce(billed, told)))) VIRTUAL,
  in_doubt INTEGER AS (iif(is_doubt, max(told, coalesce(billed, told)), 0)) VIRTUAL
) STRICT;
INSERT INTO "known" VALUES('a-far','autumn','2026-10',120000,0,3,160000,'');
INSERT INTO "known" VALUES('a-far-doubt','autumn','2026-11',40000,1,1,NULL,'');
INSERT INTO "known" VALUES('a-far-permit','autumn','2026-11',80000,0,2,NULL,'p1-2222222222222222222222222222222222222222222222222222222222222222');
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "meta" VALUES('format','3');
INSERT INTO "meta" VALUES('filings','8');
INSERT INTO "meta" VALUES('looked_back','2026-11-21T12:00:00Z');
INSERT INTO "meta" VALUES('schema','0811b2b51b2bf1cac5c25307496e3645a51a1ba0f74256db8cab2ad7b61ea0cb');
CREATE TABLE owners (prediction TEXT PRIMARY KEY, attempt TEXT NOT NULL) STRICT;
INSERT INTO "owners" VALUES('p-far','a-far');
INSERT INTO "owners" VALUES('p-theirs','');
INSERT INTO "owners" VALUES('p-adopted','a-adopted');
INSERT INTO "owners" VALUES('p-a-submitted','a-submitted');
INSERT INTO "owners" VALUES('p-a-ready','a-ready');
INSERT INTO "owners" VALUES('p-a-stored','a-stored');
INSERT INTO "owners" VALUES('p-a-settled','a-settled');
INSERT INTO "owners" VALUES('p-a-filed','a-filed');
INSERT INTO "owners" VALUES('p-a-over-its-hold','a-over-its-hold');
INSERT INTO "owners" VALUES('p-a-billed-while-open','a-billed-while-open');
INSERT INTO "owners" VALUES('p-found','a-waived-then-found');
INSERT INTO "owners" VALUES('p-a-permit-filed','a-permit-filed');
INSERT INTO "owners" VALUES('p-a-permit-failed','a-permit-failed');
INSERT INTO "owners" VALUES('p-a-permit-under-way','a-permit-under-way');
INSERT INTO "owners" VALUES('p-a-no-permit','a-no-permit');
INSERT INTO "owners" VALUES('p-far-permit','a-far-permit');
CREATE TABLE steps (attempt TEXT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL) STRICT;
INSERT INTO "steps" VALUES('a-lost','in doubt','r-1');
INSERT INTO "steps" VALUES('a-adopted','submitted','r-1');
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
INSERT INTO "steps" VALUES('a-over-its-hold','reserved','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','submitting','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','submitted','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','ready','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','stored','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','settled','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','filed','r-1');
INSERT INTO "steps" VALUES('a-billed-while-open','reserved','r-1');
INSERT INTO "steps" VALUES('a-billed-while-open','submitting','r-1');
INSERT INTO "steps" VALUES('a-billed-while-open','submitted','r-1');
INSERT INTO "steps" VALUES('a-refused','reserved','r-1');
INSERT INTO "steps" VALUES('a-refused','submitting','r-1');
INSERT INTO "steps" VALUES('a-refused','refused','r-1');
INSERT INTO "steps" VALUES('a-waived','reserved','r-1');
INSERT INTO "steps" VALUES('a-waived','submitting','r-1');
INSERT INTO "steps" VALUES('a-waived','in doubt','r-1');
INSERT INTO "steps" VALUES('a-waived','abandoned','r-1');
INSERT INTO "steps" VALUES('a-waived-then-found','reserved','r-1');
INSERT INTO "steps" VALUES('a-waived-then-found','submitting','r-1');
INSERT INTO "steps" VALUES('a-waived-then-found','in doubt','r-1');
INSERT INTO "steps" VALUES('a-waived-then-found','abandoned','r-1');
INSERT INTO "steps" VALUES('a-waived-then-found','submitted','r-1');
INSERT INTO "steps" VALUES('a-permit-filed','reserved','r-3');
INSERT INTO "steps" VALUES('a-permit-filed','submitting','r-3');
INSERT INTO "steps" VALUES('a-permit-filed','submitted','r-3');
INSERT INTO "steps" VALUES('a-permit-filed','ready','r-3');
INSERT INTO "steps" VALUES('a-permit-filed','stored','r-3');
INSERT INTO "steps" VALUES('a-permit-filed','settled','r-3');
INSERT INTO "steps" VALUES('a-permit-filed','filed','r-3');
INSERT INTO "steps" VALUES('a-permit-failed','reserved','r-3');
INSERT INTO "steps" VALUES('a-permit-failed','submitting','r-3');
INSERT INTO "steps" VALUES('a-permit-failed','submitted','r-3');
INSERT INTO "steps" VALUES('a-permit-failed','ready','r-3');
INSERT INTO "steps" VALUES('a-permit-failed','failed','r-3');
INSERT INTO "steps" VALUES('a-permit-failed','filed','r-3');
INSERT INTO "steps" VALUES('a-permit-under-way','reserved','r-3');
INSERT INTO "steps" VALUES('a-permit-under-way','submitting','r-3');
INSERT INTO "steps" VALUES('a-permit-under-way','submitted','r-3');
INSERT INTO "steps" VALUES('a-permit-doubt','reserved','r-3');
INSERT INTO "steps" VALUES('a-permit-doubt','submitting','r-3');
INSERT INTO "steps" VALUES('a-permit-doubt','in doubt','r-3');
INSERT INTO "steps" VALUES('a-no-permit','reserved','r-3');
INSERT INTO "steps" VALUES('a-no-permit','submitting','r-3');
INSERT INTO "steps" VALUES('a-no-permit','submitted','r-3');
INSERT INTO "steps" VALUES('a-no-permit','ready','r-3');
INSERT INTO "steps" VALUES('a-no-permit','stored','r-3');
INSERT INTO "steps" VALUES('a-no-permit','settled','r-3');
INSERT INTO "steps" VALUES('a-no-permit','filed','r-3');
CREATE TABLE totals (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  images INTEGER NOT NULL,
  held_images INTEGER NOT NULL,
  charged INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "totals" VALUES('campaign','autumn',7,10,2,320000,80000,40000);
INSERT INTO "totals" VALUES('campaign','summer',1,1,0,40000,0,0);
INSERT INTO "totals" VALUES('campaign','winter',14,19,10,280000,360000,120000);
INSERT INTO "totals" VALUES('month','2026-10',1,3,0,160000,0,0);
INSERT INTO "totals" VALUES('month','2026-11',21,27,12,480000,440000,160000);
INSERT INTO "totals" VALUES('permit','',17,21,9,480000,320000,120000);
INSERT INTO "totals" VALUES('permit','p1-1111111111111111111111111111111111111111111111111111111111111111',3,6,3,80000,120000,0);
INSERT INTO "totals" VALUES('permit','p1-2222222222222222222222222222222222222222222222222222222222222222',2,3,0,80000,0,40000);
INSERT INTO "totals" VALUES('run','',6,10,2,240000,80000,120000);
INSERT INTO "totals" VALUES('run','r-1',10,11,6,280000,200000,0);
INSERT INTO "totals" VALUES('run','r-2',1,1,1,0,40000,0);
INSERT INTO "totals" VALUES('run','r-3',5,8,3,120000,120000,40000);
INSERT INTO "totals" VALUES('workspace','',22,30,12,640000,440000,160000);
CREATE TABLE uploads (
  address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, reusable INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_open_job ON attempts (job) WHERE is_open;
CREATE INDEX open_by_age ON attempts (reserved_at, id) WHERE is_open;
CREATE UNIQUE INDEX one_claim ON cells (cell) WHERE is_open;
CREATE INDEX cells_of ON cells (attempt);
CREATE INDEX billing_of ON billing (attempt);
CREATE INDEX uploads_of ON uploads (sha256, at);
CREATE VIEW moves AS SELECT '' AS campaign, '' AS run, '' AS month, '' AS permit, 0 AS attempts,
  0 AS images, 0 AS held_images, 0 AS charged, 0 AS reserved, 0 AS in_doubt;
CREATE TRIGGER money_moved INSTEAD OF INSERT ON moves BEGIN
  INSERT INTO totals VALUES
    ('campaign', NEW.campaign, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('run', NEW.run, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('month', NEW.month, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('permit', NEW.permit, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('workspace', '', NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt)
  ON CONFLICT DO UPDATE SET
    attempts = attempts + excluded.attempts,
    images = images + excluded.images,
    held_images = held_images + excluded.held_images,
    charged = charged + excluded.charged,
    reserved = reserved + excluded.reserved,
    in_doubt = in_doubt + excluded.in_doubt;
END;
CREATE VIEW recounted AS
WITH parts AS (
  SELECT campaign, run, month, permit, booked_images AS images, held_images, charged, reserved,
    in_doubt
  FROM attempts
  UNION ALL
  SELECT campaign, '', month, permit, images, 0, charged, 0, in_doubt FROM known
), scoped AS (
  SELECT 'campaign' AS scope, campaign AS name, * FROM parts
  UNION ALL SELECT 'run', run, * FROM parts
  UNION ALL SELECT 'month', month, * FROM parts
  UNION ALL SELECT 'permit', permit, * FROM parts
  UNION ALL SELECT 'workspace', '', * FROM parts
)
SELECT scope, name, count(*) AS attempts, sum(images) AS images, sum(held_images) AS held_images,
  sum(charged) AS charged, sum(reserved) AS reserved, sum(in_doubt) AS in_doubt
FROM scoped GROUP BY scope, name;
CREATE TRIGGER attempt_made AFTER INSERT ON attempts BEGIN
  INSERT INTO moves VALUES (NEW.campaign, NEW.run, NEW.month, NEW.permit, 1, NEW.booked_images,
    NEW.held_images, NEW.charged, NEW.reserved, NEW.in_doubt);
END;
CREATE TRIGGER attempt_moved
AFTER UPDATE OF campaign, run, month, permit, images, hold, counts, billed ON attempts
WHEN (OLD.campaign, OLD.run, OLD.month, OLD.permit, OLD.images, OLD.hold, OLD.counts, OLD.billed)
  IS NOT
    (NEW.campaign, NEW.run, NEW.month, NEW.permit, NEW.images, NEW.hold, NEW.counts, NEW.billed)
BEGIN
  INSERT INTO moves VALUES (OLD.campaign, OLD.run, OLD.month, OLD.permit, -1, -OLD.booked_images,
    -OLD.held_images, -OLD.charged, -OLD.reserved, -OLD.in_doubt);
  INSERT INTO moves VALUES (NEW.campaign, NEW.run, NEW.month, NEW.permit, 1, NEW.booked_images,
    NEW.held_images, NEW.charged, NEW.reserved, NEW.in_doubt);
END;
CREATE TRIGGER known_made AFTER INSERT ON known BEGIN
  INSERT INTO moves VALUES (NEW.campaign, '', NEW.month, NEW.permit, 1, NEW.images, 0,
    NEW.charged, 0, NEW.in_doubt);
END;
CREATE TRIGGER known_changed AFTER UPDATE ON known BEGIN
  INSERT INTO moves VALUES (OLD.campaign, '', OLD.month, OLD.permit, -1, -OLD.images, 0,
    -OLD.charged, 0, -OLD.in_doubt);
  INSERT INTO moves VALUES (NEW.campaign, '', NEW.month, NEW.permit, 1, NEW.images, 0,
    NEW.charged, 0, NEW.in_doubt);
END;
CREATE TRIGGER known_gone AFTER DELETE ON known BEGIN
  INSERT INTO moves VALUES (OLD.campaign, '', OLD.month, OLD.permit, -1, -OLD.images, 0,
    -OLD.charged, 0, -OLD.in_doubt);
END;
CREATE TRIGGER row_billed AFTER INSERT ON billing BEGIN
  UPDATE attempts SET billed = coalesce(billed, 0) + NEW.amount WHERE id = NEW.attempt;
  UPDATE known SET billed = coalesce(billed, 0) + NEW.amount WHERE attempt = NEW.attempt;
END;
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts BEGIN
  SELECT raise(ABORT, 'an attempt is never forgotten');
END;
CREATE TRIGGER bill_stays BEFORE DELETE ON billing BEGIN
  SELECT raise(ABORT, 'a row of the bill is never forgotten');
END;
CREATE TRIGGER bill_stands BEFORE UPDATE ON billing BEGIN
  SELECT raise(ABORT, 'a row of the bill never changes');
END;
CREATE TRIGGER submitted AFTER UPDATE OF prediction ON attempts WHEN NEW.prediction <> '' BEGIN
  INSERT INTO owners VALUES (NEW.prediction, NEW.id)
    ON CONFLICT DO UPDATE SET attempt = excluded.attempt WHERE attempt = '';
  SELECT raise(ABORT, 'the prediction belongs to another attempt')
    FROM owners WHERE prediction = NEW.prediction AND attempt <> NEW.id;
END;
COMMIT;
