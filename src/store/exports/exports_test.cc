#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/exports/chapters.h"
#include "store/exports/csv.h"
#include "store/exports/edl.h"
#include "store/exports/frame_clock.h"
#include "store/exports/otio.h"
#include "store/exports/webvtt.h"
#include "store/json_text.h"
#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CutsRecord SampleRecord() {
  return MakeCutsRecord("/v/my clip.mp4", "abc", testing::SampleOutcome(), contracts::RunConfig{});
}

FrameClock ClockOf(contracts::Rational rate, double max_rate = 1000) {
  CutsRecord record;
  record.info.avg_fps = rate;
  return {record, max_rate};
}

// The rows PySceneDetect 0.7.2 (write_scene_list) prints for the same three scenes.
TEST(Csv, IsPySceneDetectsSceneList) {
  EXPECT_EQ(CutsCsv(SampleRecord()),
            "Timecode List:,00:00:00.080,00:00:00.160\n"
            "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time (seconds),"
            "Length (frames),Length (timecode),Length (seconds)\n"
            "1,1,00:00:00.000,0.000,2,00:00:00.080,0.080,2,00:00:00.080,0.080\n"
            "2,3,00:00:00.080,0.080,4,00:00:00.160,0.160,2,00:00:00.080,0.080\n"
            "3,5,00:00:00.160,0.160,6,00:00:00.240,0.240,2,00:00:00.080,0.080\n");
}

TEST(Csv, VariableRateKeepsIndicesAndTimes) {
  CutsRecord record = SampleRecord();
  record.decode.vfr = true;
  record.shots = {{.index = 0, .start_frame = 0, .end_frame = 7, .start_s = 1.4, .end_s = 63.9}};
  EXPECT_THAT(CutsCsv(record),
              HasSubstr("1,1,00:00:00.000,0.000,7,00:01:02.500,62.500,7,00:01:02.500,62.500\n"));
}

TEST(Csv, NoShots) { EXPECT_THAT(CutsCsv(CutsRecord{}), HasSubstr("Timecode List:\nScene Number,")); }

TEST(FrameClock, DropsFrameNumbersAt2997) {
  const FrameClock clock = ClockOf({30000, 1001});
  EXPECT_EQ(clock.Timecode(0), "00:00:00;00");
  EXPECT_EQ(clock.Timecode(1799), "00:00:59;29");
  EXPECT_EQ(clock.Timecode(1800), "00:01:00;02");
  EXPECT_EQ(clock.Timecode(3597), "00:01:59;29");
  EXPECT_EQ(clock.Timecode(3598), "00:02:00;02");
  EXPECT_EQ(clock.Timecode(17981), "00:09:59;29");
  EXPECT_EQ(clock.Timecode(17982), "00:10:00;00");
  EXPECT_EQ(clock.Timecode(107892), "01:00:00;00");
}

TEST(FrameClock, DropsFourAt5994) {
  const FrameClock clock = ClockOf({60000, 1001});
  EXPECT_EQ(clock.Timecode(3599), "00:00:59;59");
  EXPECT_EQ(clock.Timecode(3600), "00:01:00;04");
  EXPECT_EQ(clock.Timecode(35964), "00:10:00;00");
}

TEST(FrameClock, OtherRatesAreNonDrop) {
  EXPECT_EQ(ClockOf({24000, 1001}).Timecode(1440), "00:01:00:00");
  EXPECT_EQ(ClockOf({25, 1}).Timecode(90061 * 25 + 3), "01:01:01:03");
  EXPECT_EQ(ClockOf({30, 1}).Timecode(1800), "00:01:00:00");
}

TEST(FrameClock, SnapsAndFallsBack) {
  EXPECT_EQ(ClockOf({10'000'000, 333'667}).rate(), (contracts::Rational{30000, 1001}));
  EXPECT_EQ(ClockOf({119'900, 5'001}).rate(), (contracts::Rational{24000, 1001}));
  EXPECT_EQ(ClockOf({15, 1}).rate(), (contracts::Rational{15, 1}));
  EXPECT_EQ(ClockOf({0, 1}).rate(), (contracts::Rational{25, 1}));
  EXPECT_EQ(ClockOf({90000, 1}).rate(), (contracts::Rational{25, 1}));
  EXPECT_EQ(ClockOf({120, 1}, 60.5).rate(), (contracts::Rational{25, 1}));
}

TEST(FrameClock, CountsTimeWhereIndicesHaveParted) {
  CutsRecord record = SampleRecord();
  EXPECT_EQ(FrameClock(record, 1000).FrameAt(4, 99.0), 4);
  record.decode.decode_errors = 1;
  EXPECT_EQ(FrameClock(record, 1000).FrameAt(4, 2.4), 25);
  EXPECT_EQ(FrameClock(record, 1000).FrameAt(4, 0.0), 0);
}

TEST(Edl, IsCmx3600) {
  EXPECT_EQ(CutsEdl(SampleRecord()),
            "TITLE: my clip.mp4\n"
            "FCM: NON-DROP FRAME\n"
            "\n001  MYCLIP   V     C        00:00:00:00 00:00:00:02 00:00:00:00 00:00:00:02\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "\n002  MYCLIP   V     C        00:00:00:02 00:00:00:04 00:00:00:02 00:00:00:04\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "\n003  MYCLIP   V     C        00:00:00:04 00:00:00:06 00:00:00:04 00:00:00:06\n"
            "* FROM CLIP NAME: my clip.mp4\n");
}

// Shots 0-20, 20-40 joined by a dissolve from 14 (last old frame) to 26 (first new one), and 40-60 after a fade.
CutsRecord WithGraduals() {
  CutsRecord record = SampleRecord();
  const auto at = [](contracts::FrameIndex frame) { return 1.4 + static_cast<double>(frame) / 25.0; };
  record.shots.clear();
  for (contracts::FrameIndex i = 0; i < 3; ++i) {
    record.shots.push_back({.index = static_cast<int>(i),
                            .start_frame = 20 * i,
                            .end_frame = 20 * (i + 1),
                            .start_s = at(20 * i),
                            .end_s = at(20 * (i + 1))});
  }
  const auto event = [&](contracts::EventType type, int start, int frame, int end) {
    contracts::Event made;
    made.type = type;
    made.pair_index = frame - 1;
    made.frame = frame;
    made.start_frame = start;
    made.end_frame = end;
    made.time_s = at(frame);
    made.start_s = at(start);
    made.end_s = at(end);
    return made;
  };
  record.events = {event(contracts::EventType::kZoom, 2, 8, 12),
                   event(contracts::EventType::kDissolve, 14, 20, 26),
                   event(contracts::EventType::kFadeThrough, 35, 40, 45)};
  return record;
}

TEST(Edl, DissolvesHaveTheirLengthAndFadesAComment) {
  EXPECT_EQ(CutsEdl(WithGraduals()),
            "TITLE: my clip.mp4\n"
            "FCM: NON-DROP FRAME\n"
            "\n001  MYCLIP   V     C        00:00:00:00 00:00:00:15 00:00:00:00 00:00:00:15\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "\n002  MYCLIP   V     C        00:00:00:15 00:00:00:15 00:00:00:15 00:00:00:15\n"
            "002  MYCLIP   V     D    011 00:00:00:15 00:00:01:15 00:00:00:15 00:00:01:15\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "* dissolve 14-26\n"
            "\n003  MYCLIP   V     C        00:00:01:15 00:00:02:10 00:00:01:15 00:00:02:10\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "* fade_through 35-45\n");
  CutsRecord wipe = WithGraduals();
  wipe.events[1].type = contracts::EventType::kWipe;
  EXPECT_THAT(CutsEdl(wipe), HasSubstr("002  MYCLIP   V     W001 011 00:00:00:15"));
}

TEST(Otio, DissolvesLieBetweenTheirClips) {
  const Json timeline = Json::parse(CutsOtio(WithGraduals()));
  const Json& children = timeline["tracks"]["children"][0]["children"];
  ASSERT_EQ(children.size(), 4U);
  EXPECT_EQ(children[1]["OTIO_SCHEMA"], "Transition.1");
  EXPECT_EQ(children[1]["transition_type"], "SMPTE_Dissolve");
  EXPECT_EQ(children[1]["in_offset"]["value"], 6.0);
  EXPECT_EQ(children[1]["out_offset"]["value"], 6.0);
  EXPECT_EQ(children[2]["source_range"]["start_time"]["value"], 20.0);
}

TEST(Edl, DropFrameAndOddNames) {
  CutsRecord record = SampleRecord();
  record.info.avg_fps = {30000, 1001};
  record.video = "\xE2\x82\xAC\n.mp4";
  const std::string edl = CutsEdl(record);
  EXPECT_THAT(edl, HasSubstr("FCM: DROP FRAME"));
  EXPECT_THAT(edl, HasSubstr("001  AX       V     C        00:00:00;00"));
  EXPECT_THAT(edl, HasSubstr("TITLE: \xE2\x82\xAC\\n.mp4\n"));
}

TEST(Edl, SaysWhenItIsFull) {
  CutsRecord record = SampleRecord();
  record.shots.clear();
  for (int i = 0; i < 10'001; ++i) {
    record.shots.push_back({.index = i, .start_frame = i, .end_frame = i + 1});
  }
  const std::string edl = CutsEdl(record);
  EXPECT_THAT(edl, HasSubstr("\n9999  "));
  EXPECT_THAT(edl, Not(HasSubstr("\n10000  ")));
  EXPECT_THAT(edl, HasSubstr("* ONLY THE FIRST 9999 EVENTS FIT AN EDL"));
}

TEST(Otio, IsATimelineOfClips) {
  const Json timeline = Json::parse(CutsOtio(SampleRecord()));
  EXPECT_EQ(timeline["OTIO_SCHEMA"], "Timeline.1");
  const Json& clips = timeline["tracks"]["children"][0]["children"];
  ASSERT_EQ(clips.size(), 3U);
  EXPECT_EQ(clips[1]["source_range"]["start_time"]["value"], 2.0);
  EXPECT_EQ(clips[1]["source_range"]["duration"]["value"], 2.0);
  EXPECT_EQ(clips[1]["source_range"]["duration"]["rate"], 25.0);
  const Json& media = clips[1]["media_references"]["DEFAULT_MEDIA"];
  EXPECT_EQ(media["target_url"], "file:///v/my%20clip.mp4");
  EXPECT_EQ(media["available_range"]["duration"]["value"], 6.0);
}

TEST(Otio, VariableRateCountsMilliseconds) {
  CutsRecord record = SampleRecord();
  record.decode.vfr = true;
  const Json timeline = Json::parse(CutsOtio(record));
  const Json& range = timeline["tracks"]["children"][0]["children"][2]["source_range"];
  EXPECT_EQ(range["start_time"]["rate"], 1000.0);
  EXPECT_EQ(range["start_time"]["value"], 160.0);
}

TEST(Chapters, AreFfmetadata) {
  CutsRecord record = SampleRecord();
  record.video = "a=b;c#d\\e\nf.mp4";
  record.shots.pop_back();
  EXPECT_EQ(CutsChapters(record),
            ";FFMETADATA1\ntitle=a\\=b\\;c\\#d\\\\e\\\nf.mp4\n"
            "\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=80\ntitle=Shot 1\n"
            "\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=80\nEND=160\ntitle=Shot 2\n");
}

TEST(WebVtt, IsACuePerShot) {
  CutsRecord record = SampleRecord();
  record.shots[1].end_s = record.shots[1].start_s;
  EXPECT_EQ(CutsWebVtt(record),
            "WEBVTT\n\n1\n00:00:00.000 --> 00:00:00.080\nShot 1\n\n3\n00:00:00.160 --> 00:00:00.240\nShot 3\n");
}

}  // namespace
}  // namespace reelbatch::store
