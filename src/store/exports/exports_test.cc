#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "base/json_text.h"
#include "store/described_video.h"
#include "store/exports/chapters.h"
#include "store/exports/csv.h"
#include "store/exports/edl.h"
#include "store/exports/export_clock.h"
#include "store/exports/otio.h"
#include "store/exports/qp.h"
#include "store/exports/stats.h"
#include "store/exports/webvtt.h"
#include "store/exports/xmeml.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

contracts::EventList SampleRecord() {
  return testing::Described("/v/my clip.mp4", "abc", testing::SampleOutcome());
}

ExportClock ClockOf(const contracts::EventList& record, Counting counting,
                    const ClockOptions& options = {}) {
  auto clock = ExportClock::Make(record, options, counting);
  EXPECT_TRUE(clock) << clock.error().Text();
  return *clock;
}

std::string Edl(const contracts::EventList& record, const ClockOptions& options = {}) {
  return CutsEdl(record, ClockOf(record, Counting::kTimecode, options));
}

Json Otio(const contracts::EventList& record) {
  return Json::parse(CutsOtio(record, ClockOf(record, Counting::kAnyRate)));
}

/// Without line breaks and indentation.
std::string Xmeml(const contracts::EventList& record) {
  std::istringstream lines(CutsXmeml(record, ClockOf(record, Counting::kTimecode)));
  std::string compact;
  for (std::string line; std::getline(lines, line);)
    compact += line.substr(line.find_first_not_of(' '));
  return compact;
}

// The rows PySceneDetect 0.7.2 (write_scene_list) prints for the same three scenes.
TEST(Csv, IsPySceneDetectsSceneList) {
  EXPECT_EQ(CutsCsv(SampleRecord()),
            "Timecode List:,00:00:00.080,00:00:00.160\n"
            "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End "
            "Timecode,End Time (seconds),"
            "Length (frames),Length (timecode),Length (seconds)\n"
            "1,1,00:00:00.000,0.000,2,00:00:00.080,0.080,2,00:00:00.080,0.080\n"
            "2,3,00:00:00.080,0.080,4,00:00:00.160,0.160,2,00:00:00.080,0.080\n"
            "3,5,00:00:00.160,0.160,6,00:00:00.240,0.240,2,00:00:00.080,0.080\n");
}

TEST(Csv, VariableRateKeepsIndicesAndTimes) {
  contracts::EventList record = SampleRecord();
  record.decode.vfr = true;
  record.shots = {{.index = 0, .start_frame = 0, .end_frame = 7, .start_s = 1.4, .end_s = 63.9}};
  EXPECT_THAT(CutsCsv(record),
              HasSubstr("1,1,00:00:00.000,0.000,7,00:01:02.500,62.500,7,00:01:02.500,62.500\n"));
}

TEST(Csv, NoShots) {
  EXPECT_THAT(CutsCsv(contracts::EventList{}), HasSubstr("Timecode List:\nScene Number,"));
}

TEST(Edl, IsCmx3600) {
  EXPECT_EQ(Edl(SampleRecord()),
            "TITLE: my clip.mp4\n"
            "FCM: NON-DROP FRAME\n"
            "\n001  MYCLIP   V     C        00:00:00:00 00:00:00:02 00:00:00:00 00:00:00:02\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "\n002  MYCLIP   V     C        00:00:00:02 00:00:00:04 00:00:00:02 00:00:00:04\n"
            "* FROM CLIP NAME: my clip.mp4\n"
            "\n003  MYCLIP   V     C        00:00:00:04 00:00:00:06 00:00:00:04 00:00:00:06\n"
            "* FROM CLIP NAME: my clip.mp4\n");
}

// Shots 0-20, 20-40 joined by a dissolve from 14 (last old frame) to 26 (first new one), and 40-60
// after a fade.
contracts::EventList WithGraduals() {
  contracts::EventList record = SampleRecord();
  const auto at = [](contracts::FrameIndex frame) {
    return 1.4 + static_cast<double>(frame) / 25.0;
  };
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
  EXPECT_EQ(Edl(WithGraduals()),
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
  contracts::EventList wipe = WithGraduals();
  wipe.events[1].type = contracts::EventType::kWipe;
  EXPECT_THAT(Edl(wipe), HasSubstr("002  MYCLIP   V     W001 011 00:00:00:15"));
}

TEST(Otio, DissolvesLieBetweenTheirClips) {
  const Json timeline = Otio(WithGraduals());
  const Json& children = timeline["tracks"]["children"][0]["children"];
  ASSERT_EQ(children.size(), 4U);
  EXPECT_EQ(children[1]["OTIO_SCHEMA"], "Transition.1");
  EXPECT_EQ(children[1]["transition_type"], "SMPTE_Dissolve");
  EXPECT_EQ(children[1]["in_offset"]["value"], 6.0);
  EXPECT_EQ(children[1]["out_offset"]["value"], 6.0);
  EXPECT_EQ(children[2]["source_range"]["start_time"]["value"], 20.0);
}

TEST(Edl, DropFrameAndOddNames) {
  contracts::EventList record = SampleRecord();
  record.decode.rate = {30000, 1001};
  record.video = "\xE2\x82\xAC\n.mp4";
  const std::string edl = Edl(record);
  EXPECT_THAT(edl, HasSubstr("FCM: DROP FRAME"));
  EXPECT_THAT(edl, HasSubstr("001  AX       V     C        00:00:00;00"));
  EXPECT_THAT(edl, HasSubstr("TITLE: \xE2\x82\xAC\\n.mp4\n"));
}

TEST(Edl, SaysWhenItIsFull) {
  contracts::EventList record = SampleRecord();
  record.shots.clear();
  for (int i = 0; i < 10'001; ++i) {
    record.shots.push_back({.index = i, .start_frame = i, .end_frame = i + 1});
  }
  const std::string edl = Edl(record);
  EXPECT_THAT(edl, HasSubstr("\n9999  "));
  EXPECT_THAT(edl, Not(HasSubstr("\n10000  ")));
  EXPECT_THAT(edl, HasSubstr("* ONLY THE FIRST 9999 EVENTS FIT AN EDL"));
}

TEST(Otio, IsATimelineOfClips) {
  const Json timeline = Otio(SampleRecord());
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

// 25 frames in the first second and 100 in the next: no rate fits.
contracts::EventList Variable() {
  contracts::EventList record = SampleRecord();
  record.decode.vfr = true;
  record.decode.rate = {0, 1};
  record.shots = {{.index = 0, .start_frame = 0, .end_frame = 25, .start_s = 1.4, .end_s = 2.4},
                  {.index = 1, .start_frame = 25, .end_frame = 125, .start_s = 2.4, .end_s = 6.4}};
  return record;
}

TEST(Otio, AVariableRateIsCountedByTimeAndSaid) {
  const Json timeline = Otio(Variable());
  const Json& range = timeline["tracks"]["children"][0]["children"][1]["source_range"];
  EXPECT_EQ(range["start_time"]["rate"], 25.0);
  EXPECT_EQ(range["start_time"]["value"], 25.0);
  EXPECT_EQ(timeline["metadata"]["reelbatch"]["frame_rate"],
            "variable frame rate: positions are computed from times, at 25 frames per second");
  EXPECT_TRUE(Otio(SampleRecord())["metadata"].empty());
}

TEST(Edl, AVariableRateIsCountedByTimeAndSaid) {
  EXPECT_THAT(Edl(Variable()), HasSubstr("00:00:01:00 00:00:05:00"));
  EXPECT_THAT(
      Edl(Variable()),
      HasSubstr(
          "* FROM CLIP NAME: my clip.mp4\n"
          "* variable frame rate: positions are computed from times, at 25 frames per second\n"));
  EXPECT_THAT(Edl(SampleRecord()), Not(HasSubstr("rate")));
}

contracts::EventList WithTimecode() {
  contracts::EventList record = SampleRecord();
  record.info.timecode = {.text = "01:00:00:10", .drop_frame = false, .rate = {25, 1}};
  return record;
}

TEST(Edl, StartsAtTheSourcesTimecode) {
  EXPECT_THAT(
      Edl(WithTimecode()),
      HasSubstr("002  MYCLIP   V     C        01:00:00:12 01:00:00:14 01:00:00:12 01:00:00:14\n"));
}

TEST(Otio, StartsAtTheSourcesTimecode) {
  const Json timeline = Otio(WithTimecode());
  EXPECT_EQ(timeline["global_start_time"]["value"], 90010.0);
  const Json& clip = timeline["tracks"]["children"][0]["children"][1];
  EXPECT_EQ(clip["source_range"]["start_time"]["value"], 90012.0);
  EXPECT_EQ(clip["source_range"]["duration"]["value"], 2.0);
  const Json& available = clip["media_references"]["DEFAULT_MEDIA"]["available_range"];
  EXPECT_EQ(available["start_time"]["value"], 90010.0);
  EXPECT_EQ(available["duration"]["value"], 6.0);
}

TEST(Xmeml, IsASequenceOfClipItems) {
  const std::string xml = Xmeml(WithTimecode());
  EXPECT_THAT(
      xml, ::testing::StartsWith(
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE xmeml><xmeml version=\"5\">"));
  EXPECT_THAT(xml, HasSubstr("<timebase>25</timebase><ntsc>FALSE</ntsc>"));
  EXPECT_THAT(xml, HasSubstr("<string>01:00:00:10</string>"));
  EXPECT_THAT(xml, HasSubstr("<frame>90010</frame>"));
  EXPECT_THAT(xml, HasSubstr("<displayformat>NDF</displayformat>"));
  EXPECT_THAT(xml, HasSubstr("<pathurl>file:///v/my%20clip.mp4</pathurl>"));
  EXPECT_THAT(xml, HasSubstr("<start>2</start><end>4</end><in>2</in>"
                             "<out>4</out><file id=\"file-1\"/>"));
  EXPECT_THAT(xml, ::testing::EndsWith("</sequence></xmeml>"));
}

TEST(Xmeml, ADissolveLiesAroundItsCut) {
  const std::string xml = Xmeml(WithGraduals());
  EXPECT_THAT(xml, HasSubstr("<start>0</start><end>-1</end><in>0</in>"
                             "<out>26</out>"));
  EXPECT_THAT(xml, HasSubstr("<start>14</start><end>26</end>"
                             "<alignment>center</alignment>"));
  EXPECT_THAT(xml, HasSubstr("<start>-1</start><end>40</end><in>14</in>"
                             "<out>40</out>"));
}

TEST(Xmeml, NtscDropFrameOddNamesAndTheRateAreWritten) {
  contracts::EventList record = SampleRecord();
  record.decode.rate = {120000, 1001};
  record.video = "a<b>&\n.mp4";
  const std::string xml = Xmeml(record);
  EXPECT_THAT(xml, HasSubstr("<timebase>60</timebase>"));
  EXPECT_THAT(xml, HasSubstr("<ntsc>TRUE</ntsc>"));
  EXPECT_THAT(xml, HasSubstr("<displayformat>DF</displayformat>"));
  EXPECT_THAT(xml, HasSubstr("<name>a&lt;b&gt;&amp;\\n.mp4</name>"));
  EXPECT_THAT(xml,
              HasSubstr("<!-- timecode does not support 119.88 frames per second: positions are "
                        "counted at 59.94 frames per second -->"));
}

TEST(Qp, NamesTheFirstFrameOfEveryShot) {
  EXPECT_EQ(CutsQp(SampleRecord()), "0 I -1\n2 I -1\n4 I -1\n");
}

TEST(Stats, HasARowPerFrame) {
  contracts::EventList record = SampleRecord();
  const contracts::VideoOutcome outcome = testing::SampleOutcome();
  contracts::FrameSignals& signals = record.signals.emplace(
      contracts::SignalsOf(*contracts::ResultWithEvents(outcome),
                           {"hist_diff_l1", "ssim_drop", "flow_mag", "not_there", "hard_score"}));
  signals.series[2].values[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(
      CutsStats(record),
      ::testing::StartsWith("Frame Number,Timecode,hist_diff_l1,ssim_drop,flow_mag,hard_score\n"
                            "1,00:00:00.000,,,,\n"
                            "2,00:00:00.040,0,0,0,0\n"
                            "3,00:00:00.080,1.5,0.5,,3\n"));
  signals.series.push_back({.name = "soft_hsv_v", .values = {.5F, 0, 0, 0, 0, 0}});
  signals.series.push_back({.name = "soft_lab_l", .values = {.25F, 0, 0, 0, 0, 0}});
  EXPECT_THAT(CutsStats(record),
              HasSubstr("hard_score,soft_hsv_v,soft_lab_l\n1,00:00:00.000,,,,,0.5,0.25\n"));
  EXPECT_EQ(CutsStats(SampleRecord()), "Frame Number,Timecode\n");
}

// Sound from 0.4 s, pictures from 1.4 s.
TEST(PlayerTimes, CountFromTheEarliestStream) {
  contracts::EventList record = SampleRecord();
  record.info.player_start_s = 0.4;
  EXPECT_THAT(CutsChapters(record), HasSubstr("START=1000\nEND=1080\n"));
  EXPECT_THAT(CutsWebVtt(record), HasSubstr("00:00:01.000 --> 00:00:01.080"));
  EXPECT_THAT(CutsCsv(record),
              HasSubstr("1,1,00:00:01.000,1.000,2,00:00:01.080,1.080,2,00:00:00.080,0.080\n"));
}

TEST(Chapters, AreFfmetadata) {
  contracts::EventList record = SampleRecord();
  record.video = "a=b;c#d\\e\nf.mp4";
  record.shots.pop_back();
  EXPECT_EQ(CutsChapters(record),
            ";FFMETADATA1\ntitle=a\\=b\\;c\\#d\\\\e\\\nf.mp4\n"
            "\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=80\ntitle=Shot 1\n"
            "\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=80\nEND=160\ntitle=Shot 2\n");
}

TEST(WebVtt, IsACuePerShot) {
  contracts::EventList record = SampleRecord();
  record.shots[1].end_s = record.shots[1].start_s;
  EXPECT_EQ(CutsWebVtt(record),
            "WEBVTT\n\n1\n00:00:00.000 --> 00:00:00.080\nShot 1\n\n3\n00:00:00.160 --> "
            "00:00:00.240\nShot 3\n");
}

}  // namespace
}  // namespace reelbatch::store
