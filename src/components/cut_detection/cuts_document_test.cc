#include "components/cut_detection/cuts_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/json_text.h"
#include "contracts/test_outcome.h"

namespace reelbatch::components {

using base::Json;

namespace {

using base::Code;
using ::testing::HasSubstr;

CutsRecord SampleRecord(const contracts::RunConfig& config = {}) {
  const contracts::VideoOutcome outcome = contracts::testing::SampleOutcome();
  const contracts::ComponentResult& result = outcome.results.at("cut_detection");
  contracts::EventList events = *result.events;
  events.video = "clip.mp4";
  events.source_sha256 = "abc";
  events.info = *outcome.info;
  events.decode = *outcome.decode;
  return MakeCutsRecord(
      {.result = result, .events = events, .config = config, .config_hash = "hash"});
}

TEST(CutsDocument, HasTheFieldsOfTheSpecificationInOrder) {
  const Json document = Json::parse(CutsDocument(SampleRecord()));
  const auto keys = [](const Json& object) {
    std::string names;
    for (const auto& item : object.items()) names += item.key() + " ";
    return names;
  };
  EXPECT_EQ(keys(document),
            "schema producer video source timeline settings events candidates shots statistics "
            "warnings ");
  EXPECT_EQ(keys(document["source"]),
            "sha256 codec width height sar rotation fps vfr frames_decoded frames_expected "
            "start_time_s duration_s "
            "decode_errors fps_observed fps_average repaired_pts player_start_s timecode ");
  EXPECT_EQ(keys(document["timeline"]), "frames analysis_fps width height ");
  EXPECT_EQ(keys(document["settings"]),
            "preset preset_reason decision parts min_confidence loop_filter config_hash ");
  EXPECT_EQ(keys(document["events"][0]),
            "type frame start_frame end_frame time_s start_s end_s confidence strength evidence ");
  EXPECT_EQ(keys(document["events"][1]),
            "type frame start_frame end_frame time_s start_s end_s confidence strength evidence "
            "near_decode_error ");
  EXPECT_EQ(keys(document["shots"][0]), "index start_frame end_frame start_s end_s ");
}

TEST(CutsDocument, TellsTheCropAndReadsItBack) {
  contracts::RunConfig config;
  config.sampling.crop = contracts::CropRect{.x = 8, .y = 42, .width = 320, .height = 136};
  const std::string text = CutsDocument(SampleRecord(config));
  const Json crop = Json::parse(text)["timeline"]["crop"];
  EXPECT_EQ(crop.dump(), R"({"x":8,"y":42,"width":320,"height":136})");
  const auto parsed = ParseCutsDocument(text, "x");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->crop, config.sampling.crop);
  EXPECT_EQ(CutsDocument(*parsed), text);
}

TEST(CutsDocument, ListsTheFilesOfOneTimelineAndReadsThemBack) {
  CutsRecord record = SampleRecord();
  contracts::EventSource source;
  source.video = "clip.mp4";
  source.frames = 40;
  source.info.width = 640;
  source.info.height = 360;
  source.info.avg_fps = {25, 1};
  source.sha256 = "abc";
  record.sources.push_back(source);
  source.video = "next.mkv";
  source.sha256 = "";
  source.first_frame = 40;
  source.frames = 10;
  source.start_s = 1.6000004;
  record.sources.push_back(source);
  const std::string text = CutsDocument(record);
  const Json sources = Json::parse(text)["sources"];
  EXPECT_EQ(sources[0].dump(),
            R"({"video":"clip.mp4","first_frame":0,"frames":40,"start_s":0.0,"sha256":"abc",)"
            R"("width":640,"height":360,"fps_average":"25/1","timecode":null})");
  EXPECT_EQ(sources[1]["video"], "next.mkv");
  EXPECT_EQ(sources[1]["start_s"], 1.6);
  EXPECT_TRUE(sources[1]["sha256"].is_null());
  const auto parsed = ParseCutsDocument(text, "x");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(CutsDocument(*parsed), text);
}

TEST(CutsDocument, WritesNumbersShort) {
  const std::string text = CutsDocument(SampleRecord());
  EXPECT_THAT(text, HasSubstr("\"time_s\": 1.48,"));
  EXPECT_THAT(text, HasSubstr("\"confidence\": 0.98,"));
  EXPECT_THAT(text, HasSubstr("\"strength\": 3.1,"));
  EXPECT_THAT(text, HasSubstr("\"fps\": \"25/1\""));
  EXPECT_THAT(text, HasSubstr("\"sar\": \"1:1\""));
  EXPECT_THAT(text, ::testing::EndsWith("}\n"));
}

TEST(CutsDocument, RoundsWhatPeopleRead) {
  CutsRecord record = SampleRecord();
  record.events[0].time_s = 1001.0 / 30000;
  record.events[0].confidence = 0.99994F;
  record.events[0].strength = 2.000049F;
  record.shots[0].start_s = 0;
  record.shots[0].end_s = record.shots[1].start_s = 2.0 / 3;
  record.shots[1].end_s = record.shots[2].start_s = 2.0000004;
  record.info.duration_s = 1e9 + 1.0 / 3;
  const std::string text = CutsDocument(record);
  for (const char* line :
       {"\"time_s\": 0.033367,", "\"confidence\": 0.9999,", "\"strength\": 2.0,",
        "\"end_s\": 0.666667", "\"start_s\": 2.0,", "\"duration_s\": 1000000000.333333,"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, ::testing::Not(::testing::ContainsRegex("[.][0-9]{7}")));
  EXPECT_EQ(CutsDocument(*ParseCutsDocument(text, "x")), text);
}

TEST(CutsDocument, UnknownIsNull) {
  CutsRecord record;
  record.video = "x";
  record.info.avg_fps = {0, 1};
  const Json document = Json::parse(CutsDocument(record));
  for (const char* key : {"sha256", "codec", "fps", "frames_expected", "duration_s"}) {
    EXPECT_TRUE(document["source"][key].is_null()) << key;
  }
  EXPECT_TRUE(document["statistics"]["shot_length_mean_s"].is_null());
  EXPECT_TRUE(ParseCutsDocument(CutsDocument(record), "x"));
}

TEST(CutsDocument, ReadsBackWhatItWrote) {
  CutsRecord record = SampleRecord();
  record.events[0].type = contracts::EventType::kFadeThrough;
  record.events[0].time_s = 0.1 + 0.2;
  const std::string text = CutsDocument(record);
  const auto parsed = ParseCutsDocument(text, "cuts.json");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_EQ(CutsDocument(*parsed), text);
  EXPECT_EQ(parsed->events[0].type, contracts::EventType::kFadeThrough);
  EXPECT_EQ(parsed->events[0].time_s, 0.3) << "to the microsecond";
  EXPECT_EQ(parsed->events[0].confidence, 0.98F);
  EXPECT_TRUE(parsed->events[1].near_decode_error);
  EXPECT_TRUE(parsed->events[1].evidence.ssim);
}

TEST(CutsDocument, CarriesWhatExportsNeedOfTheClock) {
  CutsRecord record = SampleRecord();
  record.info.avg_fps = {284, 100};
  record.info.player_start_s = 0.4;
  record.info.timecode = {.text = "01:00:00;00", .drop_frame = true, .rate = {30000, 1001}};
  record.decode.rate = {30000, 1001};
  record.decode.repaired_pts = 1;
  record.shot_lengths = {.min_s = 1.5};
  const Json document = Json::parse(CutsDocument(record));
  EXPECT_EQ(document["source"]["fps"], "30000/1001");
  EXPECT_EQ(document["source"]["fps_average"], "284/100");
  EXPECT_EQ(document["source"]["timecode"]["rate"], "30000/1001");
  EXPECT_EQ(document["settings"]["min_shot_s"], 1.5);
  EXPECT_TRUE(document["settings"]["max_shot_s"].is_null());
  const auto parsed = ParseCutsDocument(CutsDocument(record), "x");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_EQ(parsed->decode.rate, record.decode.rate);
  EXPECT_EQ(parsed->decode.repaired_pts, 1);
  EXPECT_EQ(parsed->info.player_start_s, 0.4);
  EXPECT_EQ(parsed->info.timecode, record.info.timecode);
  EXPECT_EQ(CutsDocument(*parsed), CutsDocument(record));
}

TEST(CutsDocument, OfAnEarlierVersionIsRead) {
  Json document = Json::parse(CutsDocument(SampleRecord()));
  for (const char* key :
       {"fps_observed", "fps_average", "repaired_pts", "player_start_s", "timecode"}) {
    document["source"].erase(key);
  }
  const auto parsed = ParseCutsDocument(document.dump(), "x");
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_EQ(RateOf(*parsed), (contracts::Rational{25, 1}));
  EXPECT_EQ(parsed->info.player_start_s, 1.4);
  EXPECT_FALSE(parsed->info.timecode);
}

TEST(CutsDocument, ErrorsNameFileAndField) {
  const std::string good = CutsDocument(SampleRecord());
  const auto broken = [&](auto&& damage) {
    Json document = Json::parse(good);
    damage(document);
    const auto parsed = ParseCutsDocument(document.dump(), "a/cuts.json");
    EXPECT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Code::kCorrupt);
    return parsed.error().Text();
  };
  EXPECT_EQ(broken([](Json& j) { j["schema"] = "other"; }),
            "a/cuts.json: schema: must be 'reelbatch_cuts_v1', but is \"other\"");
  EXPECT_EQ(broken([](Json& j) { j.erase("video"); }),
            "a/cuts.json: video: is missing; it must be a text");
  EXPECT_EQ(broken([](Json& j) { j["source"] = 3; }),
            "a/cuts.json: source: must be an object, but is 3");
  EXPECT_EQ(broken([](Json& j) { j["source"]["width"] = -1; }),
            "a/cuts.json: source.width: must be a whole number from 0, but is -1");
  EXPECT_EQ(broken([](Json& j) { j["source"]["fps"] = "25"; }),
            "a/cuts.json: source.fps: must be a ratio like \"24000/1001\" or null, but is \"25\"");
  EXPECT_EQ(broken([](Json& j) { j["events"][1]["frame"] = "4"; }),
            "a/cuts.json: events[1].frame: must be a whole number, but is \"4\"");
  EXPECT_EQ(broken([](Json& j) { j["events"][0]["type"] = "cut"; }),
            "a/cuts.json: events[0].type: must be an event type like \"hard\", but is \"cut\"");
  EXPECT_EQ(broken([](Json& j) { j["shots"] = nullptr; }),
            "a/cuts.json: shots: must be a list, but is null");
  EXPECT_EQ(broken([](Json& j) { j["warnings"] = {1}; }),
            "a/cuts.json: warnings: must be a list of texts, but is [1]");
  EXPECT_THAT(ParseCutsDocument(good.substr(0, good.size() / 2), "a").error().Text(),
              ::testing::HasSubstr("a: is JSON that ends early, in line"));
  EXPECT_EQ(ParseCutsDocument("[]", "a").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace reelbatch::components
