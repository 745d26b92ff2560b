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
INSERT INTO "attempts" VALUES('a-october','autumn','r-1','j1-029e4e9df7acc3cadaa8d341d7e0d979f60c95668988666e3c867a695907fc97','filed',80000,2,'2026-10','2026-10-31T23:59:59Z','2026-10-31T23:59:59Z','https://u/a-october','p-a-october','["https://o/1"]','[["0000000000000000000000000000000000000000000000000000000000000001", 1001, 4096, 4096, "image/jpeg"], ["0000000000000000000000000000000000000000000000000000000000000002", 1002, 4096, 4096, "image/jpeg"]]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000001"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000002"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"at":"2026-10-31T23:59:59Z","attempt":"a-october","cells":[{"address":"anna/p1/snow/master/t1","key":"c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a","source":"0000000000000000000000000000000000000000000000000000000000000001","take":1},{"address":"anna/p2/snow/master/t1","key":"c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b","source":"0000000000000000000000000000000000000000000000000000000000000002","take":1}],"job":"j1-029e4e9df7acc3cadaa8d341d7e0d979f60c95668988666e3c867a695907fc97","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096},{"bytes":1102,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000066","width":4096}],"prediction":"p-a-october","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',1,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000001"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000002"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"attempt":"a-october","cells":[{"address":"anna/p1/snow/master/t1","key":"c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a","source":"0000000000000000000000000000000000000000000000000000000000000001","take":1},{"address":"anna/p2/snow/master/t1","key":"c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b","source":"0000000000000000000000000000000000000000000000000000000000000002","take":1}],"job":"j1-029e4e9df7acc3cadaa8d341d7e0d979f60c95668988666e3c867a695907fc97","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-refunded','autumn','r-1','j1-804d10a5e08f4321cff1561a9edbcc9e1f891be342fc403f3fbff33f0ba2010e','filed',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-refunded','p-a-refunded','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000003"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-refunded","cells":[{"address":"anna/p3/snow/master/t1","key":"c1-319dd0f7b42cbe7cc2001a02e73eef9202c2d691f47dfd9eb71487cc3b697709","source":"0000000000000000000000000000000000000000000000000000000000000003","take":1}],"code":5000,"job":"j1-804d10a5e08f4321cff1561a9edbcc9e1f891be342fc403f3fbff33f0ba2010e","kind":"failed","message":"it did not work","prediction":"p-a-refunded","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',2,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000003"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-refunded","cells":[{"address":"anna/p3/snow/master/t1","key":"c1-319dd0f7b42cbe7cc2001a02e73eef9202c2d691f47dfd9eb71487cc3b697709","source":"0000000000000000000000000000000000000000000000000000000000000003","take":1}],"job":"j1-804d10a5e08f4321cff1561a9edbcc9e1f891be342fc403f3fbff33f0ba2010e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-over-its-hold','winter','r-1','j1-36826e13d166c65fb4475f1607e2d448a7c3ca590c040c287a69d9f2f060de2e','filed',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-over-its-hold','p-a-over-its-hold','["https://o/1"]','[["0000000000000000000000000000000000000000000000000000000000000004", 1004, 4096, 4096, "image/jpeg"]]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000004"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-over-its-hold","cells":[{"address":"anna/p4/snow/master/t1","key":"c1-0e8dc96c77a2a18842c9e52f7abedef698b85ddc2210266082bbcf4ade11b486","source":"0000000000000000000000000000000000000000000000000000000000000004","take":1}],"job":"j1-36826e13d166c65fb4475f1607e2d448a7c3ca590c040c287a69d9f2f060de2e","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096}],"prediction":"p-a-over-its-hold","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',3,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000004"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-over-its-hold","cells":[{"address":"anna/p4/snow/master/t1","key":"c1-0e8dc96c77a2a18842c9e52f7abedef698b85ddc2210266082bbcf4ade11b486","source":"0000000000000000000000000000000000000000000000000000000000000004","take":1}],"job":"j1-36826e13d166c65fb4475f1607e2d448a7c3ca590c040c287a69d9f2f060de2e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-waived','winter','r-1','j1-6dba5e09cf0fc0b2a10845fa9eb3a9878c3b8917dcef36449ee98be5f00c5ded','abandoned',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-waived','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000005"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-waived","cells":[{"address":"anna/p5/snow/master/t1","key":"c1-4cc08c050f3442277b3afb170bc0208c9f351d078e9118b82a37a13c4ac4faf5","source":"0000000000000000000000000000000000000000000000000000000000000005","take":1}],"job":"j1-6dba5e09cf0fc0b2a10845fa9eb3a9878c3b8917dcef36449ee98be5f00c5ded","kind":"doubt","message":"no answer","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','a person says that it never arrived',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000005"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-waived","cells":[{"address":"anna/p5/snow/master/t1","key":"c1-4cc08c050f3442277b3afb170bc0208c9f351d078e9118b82a37a13c4ac4faf5","source":"0000000000000000000000000000000000000000000000000000000000000005","take":1}],"job":"j1-6dba5e09cf0fc0b2a10845fa9eb3a9878c3b8917dcef36449ee98be5f00c5ded","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-waived-then-billed','winter','r-1','j1-367b8743565bc17fa79f0fff31b811ad7df4bfe83a8beb1a35ee68898fb1e909','abandoned',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-waived-then-billed','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000006"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-waived-then-billed","cells":[{"address":"anna/p6/snow/master/t1","key":"c1-d262580164d1884bc582c7697d8d3bf29293c74e620ea413e04b228015ba297d","source":"0000000000000000000000000000000000000000000000000000000000000006","take":1}],"job":"j1-367b8743565bc17fa79f0fff31b811ad7df4bfe83a8beb1a35ee68898fb1e909","kind":"doubt","message":"no answer","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','a person says that it never arrived',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000006"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-waived-then-billed","cells":[{"address":"anna/p6/snow/master/t1","key":"c1-d262580164d1884bc582c7697d8d3bf29293c74e620ea413e04b228015ba297d","source":"0000000000000000000000000000000000000000000000000000000000000006","take":1}],"job":"j1-367b8743565bc17fa79f0fff31b811ad7df4bfe83a8beb1a35ee68898fb1e909","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-refused','winter','r-1','j1-248cb42f00afd2d6518f27f17057d07387548833101e78b1d9b480b6c6bcfaa7','refused',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-refused','','[]','[]','','HTTP 400',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000007"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-refused","cells":[{"address":"anna/p7/snow/master/t1","key":"c1-a9209199a4c654ab96410dbf45c8dc96f5c85a73795819fe43f77a16ea314522","source":"0000000000000000000000000000000000000000000000000000000000000007","take":1}],"job":"j1-248cb42f00afd2d6518f27f17057d07387548833101e78b1d9b480b6c6bcfaa7","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-billed-while-open','winter','r-1','j1-fe81c174544350eb53963557f1d689060a61833c894ab5ea6cca29e11c59aeaa','submitted',120000,3,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-billed-while-open','p-a-billed-while-open','[]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000008"},{"role":"source","sha256":"0000000000000000000000000000000000000000000000000000000000000009"},{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000a"}],"params":{"max_images":3,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1,1]},"attempt":"a-billed-while-open","cells":[{"address":"anna/p8/snow/master/t1","key":"c1-33820a16b05f32afea01bc9a045635e31e8339acaec4039b695d20874746dbf6","source":"0000000000000000000000000000000000000000000000000000000000000008","take":1},{"address":"anna/p9/snow/master/t1","key":"c1-b62ffeb5a01e79059c93495360b20a8221a2f56838ead46968417e88f0711f8b","source":"0000000000000000000000000000000000000000000000000000000000000009","take":1},{"address":"anna/p10/snow/master/t1","key":"c1-23b135571e9072ff40463570df2dbe042bb5ee0a26454b1c6fdf0e8effeea10b","source":"000000000000000000000000000000000000000000000000000000000000000a","take":1}],"job":"j1-fe81c174544350eb53963557f1d689060a61833c894ab5ea6cca29e11c59aeaa","quote":120000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-renamed','winter','r-1','j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909','filed',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-renamed','p-a-renamed','["https://o/1"]','[["000000000000000000000000000000000000000000000000000000000000000b", 1011, 4096, 4096, "image/jpeg"]]','{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000b"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"at":"2026-11-20T12:00:00Z","attempt":"a-renamed","cells":[{"address":"anna/p11/snow/master/t1","key":"c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d","source":"000000000000000000000000000000000000000000000000000000000000000b","take":1}],"job":"j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909","kind":"gen","outputs":[{"bytes":1101,"height":4096,"mime":"image/jpeg","sha256":"0000000000000000000000000000000000000000000000000000000000000065","width":4096}],"prediction":"p-a-renamed","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',7,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000b"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-renamed","cells":[{"address":"anna/p11/snow/master/t1","key":"c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d","source":"000000000000000000000000000000000000000000000000000000000000000b","take":1}],"job":"j1-de45619999e1c0c15a13f893acf051c1a24e3f3fe0b41d947ace613ba80b5909","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-taken-over','winter','r-2','j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e','ready',40000,1,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-taken-over','p-a-taken-over','["https://o/1"]','[]','','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000c"}],"params":{"max_images":1,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1]},"attempt":"a-taken-over","cells":[{"address":"anna/p12/snow/master/t1","key":"c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1","source":"000000000000000000000000000000000000000000000000000000000000000c","take":1}],"job":"j1-a65e52e9f1d38bd544f360676371910d4b5a0735fff10341825425d21d44f53e","quote":40000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
INSERT INTO "attempts" VALUES('a-doubt','winter','r-2','j1-6c0c28032457cad222d8f38f85236f22ebfd0e5aa3546566514be891a546fc54','in doubt',80000,2,'2026-11','2026-11-20T12:00:00Z','2026-11-20T12:00:00Z','https://u/a-doubt','','[]','[]','{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000d"},{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000e"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"at":"2026-11-20T12:00:00Z","attempt":"a-doubt","cells":[{"address":"anna/p13/snow/master/t1","key":"c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a","source":"000000000000000000000000000000000000000000000000000000000000000d","take":1},{"address":"anna/p14/snow/master/t1","key":"c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6","source":"000000000000000000000000000000000000000000000000000000000000000e","take":1}],"job":"j1-6c0c28032457cad222d8f38f85236f22ebfd0e5aa3546566514be891a546fc54","kind":"doubt","message":"no answer","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}','',0,'{"asked":{"inputs":[{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000d"},{"role":"source","sha256":"000000000000000000000000000000000000000000000000000000000000000e"}],"params":{"max_images":2,"size":"4096*4096"},"prompt":"Put the woman in a snowy street.","takes":[1,1]},"attempt":"a-doubt","cells":[{"address":"anna/p13/snow/master/t1","key":"c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a","source":"000000000000000000000000000000000000000000000000000000000000000d","take":1},{"address":"anna/p14/snow/master/t1","key":"c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6","source":"000000000000000000000000000000000000000000000000000000000000000e","take":1}],"job":"j1-6c0c28032457cad222d8f38f85236f22ebfd0e5aa3546566514be891a546fc54","quote":80000,"recipe":{"model":"bytedance/seedream-v4.5/edit-sequential","params":{},"prompt":"Put the woman in a snowy street.","provider":"wavespeed","realm":"real","reference":null,"schema":1,"size":"4096x4096"}}');
CREATE TABLE billing (
  bill_row TEXT PRIMARY KEY, attempt TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
INSERT INTO "billing" VALUES('b-1','a-refunded',40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-2','a-refunded',-40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-3','a-over-its-hold',120000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-4','a-waived-then-billed',40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-5','a-billed-while-open',40000,'2026-11-21T12:00:00Z');
INSERT INTO "billing" VALUES('b-6','a-october',80000,'2026-11-21T12:00:00Z');
CREATE TABLE cells (
  cell TEXT NOT NULL,
  attempt TEXT NOT NULL REFERENCES attempts (id),
  is_open INTEGER NOT NULL,
  PRIMARY KEY (cell, attempt)
) STRICT;
INSERT INTO "cells" VALUES('c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a','a-october',0);
INSERT INTO "cells" VALUES('c1-6b0b506f9baf5b7080ea673b80364ec7ba5a1b1229254bdec5ce157f4492483b','a-october',0);
INSERT INTO "cells" VALUES('c1-319dd0f7b42cbe7cc2001a02e73eef9202c2d691f47dfd9eb71487cc3b697709','a-refunded',0);
INSERT INTO "cells" VALUES('c1-0e8dc96c77a2a18842c9e52f7abedef698b85ddc2210266082bbcf4ade11b486','a-over-its-hold',0);
INSERT INTO "cells" VALUES('c1-4cc08c050f3442277b3afb170bc0208c9f351d078e9118b82a37a13c4ac4faf5','a-waived',0);
INSERT INTO "cells" VALUES('c1-d262580164d1884bc582c7697d8d3bf29293c74e620ea413e04b228015ba297d','a-waived-then-billed',0);
INSERT INTO "cells" VALUES('c1-a9209199a4c654ab96410dbf45c8dc96f5c85a73795819fe43f77a16ea314522','a-refused',0);
INSERT INTO "cells" VALUES('c1-33820a16b05f32afea01bc9a045635e31e8339acaec4039b695d20874746dbf6','a-billed-while-open',1);
INSERT INTO "cells" VALUES('c1-b62ffeb5a01e79059c93495360b20a8221a2f56838ead46968417e88f0711f8b','a-billed-while-open',1);
INSERT INTO "cells" VALUES('c1-23b135571e9072ff40463570df2dbe042bb5ee0a26454b1c6fdf0e8effeea10b','a-billed-while-open',1);
INSERT INTO "cells" VALUES('c1-4b5d23669d37d9ed643d623015012b00033d783e55a5f65991aee03dd076ad8d','a-renamed',0);
INSERT INTO "cells" VALUES('c1-5d1b2f8c3b8b547551b36295d25a9c780e960209a9d3801e5e39aafad88e41e1','a-taken-over',1);
INSERT INTO "cells" VALUES('c1-e23a6b14ee0355c00239a425b5526ae5bbfddd94709a170c9120bbba725da09a','a-doubt',1);
INSERT INTO "cells" VALUES('c1-9272404bad42453189c94a4d24804914ce3660efa66430c9abdd513d54d732c6','a-doubt',1);
CREATE TABLE known (
  attempt TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  month TEXT NOT NULL,
  charged INTEGER NOT NULL,
  is_doubt INTEGER NOT NULL,
  images INTEGER NOT NULL
) STRICT;
INSERT INTO "known" VALUES('a-far','autumn','2026-10',200000,0,5);
INSERT INTO "known" VALUES('a-far-doubt','winter','2026-11',40000,1,1);
INSERT INTO "known" VALUES('a-far-waived','winter','2026-11',0,0,0);
INSERT INTO "known" VALUES('a-october','autumn','2026-10',80000,0,2);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "meta" VALUES('format','1');
INSERT INTO "meta" VALUES('filings','7');
CREATE TABLE steps (attempt TEXT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL) STRICT;
INSERT INTO "steps" VALUES('a-october','reserved','r-1');
INSERT INTO "steps" VALUES('a-october','submitting','r-1');
INSERT INTO "steps" VALUES('a-october','submitted','r-1');
INSERT INTO "steps" VALUES('a-october','ready','r-1');
INSERT INTO "steps" VALUES('a-october','stored','r-1');
INSERT INTO "steps" VALUES('a-october','settled','r-1');
INSERT INTO "steps" VALUES('a-october','filed','r-1');
INSERT INTO "steps" VALUES('a-refunded','reserved','r-1');
INSERT INTO "steps" VALUES('a-refunded','submitting','r-1');
INSERT INTO "steps" VALUES('a-refunded','submitted','r-1');
INSERT INTO "steps" VALUES('a-refunded','failed','r-1');
INSERT INTO "steps" VALUES('a-refunded','filed','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','reserved','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','submitting','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','submitted','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','ready','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','stored','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','settled','r-1');
INSERT INTO "steps" VALUES('a-over-its-hold','filed','r-1');
INSERT INTO "steps" VALUES('a-waived','reserved','r-1');
INSERT INTO "steps" VALUES('a-waived','submitting','r-1');
INSERT INTO "steps" VALUES('a-waived','in doubt','r-1');
INSERT INTO "steps" VALUES('a-waived','abandoned','r-1');
INSERT INTO "steps" VALUES('a-waived-then-billed','reserved','r-1');
INSERT INTO "steps" VALUES('a-waived-then-billed','submitting','r-1');
INSERT INTO "steps" VALUES('a-waived-then-billed','in doubt','r-1');
INSERT INTO "steps" VALUES('a-waived-then-billed','abandoned','r-1');
INSERT INTO "steps" VALUES('a-refused','reserved','r-1');
INSERT INTO "steps" VALUES('a-refused','submitting','r-1');
INSERT INTO "steps" VALUES('a-refused','refused','r-1');
INSERT INTO "steps" VALUES('a-billed-while-open','reserved','r-1');
INSERT INTO "steps" VALUES('a-billed-while-open','submitting','r-1');
INSERT INTO "steps" VALUES('a-billed-while-open','submitted','r-1');
INSERT INTO "steps" VALUES('a-renamed','reserved','r-1');
INSERT INTO "steps" VALUES('a-renamed','submitting','r-1');
INSERT INTO "steps" VALUES('a-renamed','submitted','r-1');
INSERT INTO "steps" VALUES('a-renamed','ready','r-1');
INSERT INTO "steps" VALUES('a-renamed','stored','r-1');
INSERT INTO "steps" VALUES('a-renamed','settled','r-1');
INSERT INTO "steps" VALUES('a-renamed','filed','r-1');
INSERT INTO "steps" VALUES('a-taken-over','reserved','r-1');
INSERT INTO "steps" VALUES('a-taken-over','submitting','r-1');
INSERT INTO "steps" VALUES('a-taken-over','submitted','r-1');
INSERT INTO "steps" VALUES('a-taken-over','ready','r-1');
INSERT INTO "steps" VALUES('a-doubt','reserved','r-2');
INSERT INTO "steps" VALUES('a-doubt','submitting','r-2');
INSERT INTO "steps" VALUES('a-doubt','in doubt','r-2');
CREATE TABLE uploads (
  address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, reusable INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_open_job ON attempts (job) WHERE state NOT IN ('abandoned', 'filed', 'refused');
CREATE UNIQUE INDEX one_owner ON attempts (prediction) WHERE prediction <> '';
CREATE INDEX by_state ON attempts (state);
CREATE UNIQUE INDEX one_claim ON cells (cell) WHERE is_open = 1;
CREATE INDEX billing_of ON billing (attempt);
CREATE INDEX uploads_of ON uploads (sha256, at);
COMMIT;
