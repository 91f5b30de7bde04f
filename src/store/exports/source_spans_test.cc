#include "store/exports/source_spans.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "store/described_video.h"
#include "store/exports/edl.h"
#include "store/exports/otio.h"
#include "store/exports/xmeml.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Files of 3 frames each at 25 frames per second from 1.4 s on, where shots are [0, 2), [2, 4) and
/// [4, 6): the second shot goes over the seam. The second file has a timecode of its own.
contracts::EventList TwoFiles(const std::string& first = "/v/one.mp4",
                              const std::string& second = "/v/two.mp4") {
  contracts::VideoOutcome outcome = testing::SampleOutcome();
  contracts::SourcePart part;
  part.path = first;
  part.frames = 3;
  part.start_s = 1.4;
  part.info = *outcome.info;
  outcome.decode->parts.push_back(part);
  part.path = second;
  part.first_frame = 3;
  part.start_s = 1.52;
  part.info.timecode = contracts::SourceTimecode{.text = "10:00:00:00", .rate = {25, 1}};
  part.info.width = 640;
  outcome.decode->parts.push_back(part);
  return testing::Described(first, "abc", outcome);
}

ExportClock SpansClockOf(const contracts::EventList& record) {
  return ExportClock::Make(record, {}, Counting::kTimecode).value();
}

/// The lines of an EDL that begin with a number, without it.
std::vector<std::string> EventsOf(const std::string& edl) {
  std::vector<std::string> events;
  std::istringstream lines(edl);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] >= '0' && line[0] <= '9') events.push_back(line.substr(5));
  }
  return events;
}

TEST(SourceSpans, AreTheShotsOfOneFile) {
  const contracts::EventList record = testing::Described("/v/a.mp4", "", testing::SampleOutcome());
  const auto spans = SpansOf(record);
  ASSERT_EQ(spans.size(), 3U);
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(spans[k].shot, k);
    EXPECT_EQ(spans[k].source, 0U);
    EXPECT_TRUE(spans[k].begins_shot);
    EXPECT_EQ(spans[k].start_frame, record.shots[k].start_frame);
    EXPECT_EQ(spans[k].end_s, record.shots[k].end_s);
  }
}

TEST(SourceSpans, EndWhereAFileEnds) {
  const auto spans = SpansOf(TwoFiles());
  ASSERT_EQ(spans.size(), 4U);
  EXPECT_EQ(spans[1].shot, 1U);
  EXPECT_EQ(spans[1].source, 0U);
  EXPECT_EQ(spans[1].end_frame, 3);
  EXPECT_DOUBLE_EQ(spans[1].end_s, 1.52);
  EXPECT_EQ(spans[2].shot, 1U);
  EXPECT_EQ(spans[2].source, 1U);
  EXPECT_EQ(spans[2].start_frame, 3);
  EXPECT_EQ(spans[2].end_frame, 4);
  EXPECT_FALSE(spans[2].begins_shot);
  EXPECT_EQ(spans[3].source, 1U);
  EXPECT_TRUE(spans[3].begins_shot);
}

TEST(SourceSpans, OfManyFilesInOneShot) {
  contracts::EventList record = TwoFiles();
  record.shots = {{.index = 0, .start_frame = 0, .end_frame = 6, .start_s = 1.4, .end_s = 1.64}};
  record.sources.resize(1);
  for (int k = 0; k < 6; ++k) {
    record.sources.resize(static_cast<size_t>(k) + 1);
    record.sources.back() = record.sources.front();
    record.sources.back().first_frame = k;
    record.sources.back().frames = 1;
    record.sources.back().start_s = 1.4 + 0.04 * k;
  }
  std::vector<size_t> sources;
  for (const SourceSpan& span : SpansOf(record)) {
    EXPECT_EQ(span.end_frame, span.start_frame + 1);
    sources.push_back(span.source);
  }
  EXPECT_THAT(sources, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(SourceSpans, GiveAnEdlReelsAndTimesOfEveryFile) {
  const contracts::EventList record = TwoFiles();
  EXPECT_THAT(
      EventsOf(CutsEdl(record, SpansClockOf(record))),
      ElementsAre("ONE      V     C        00:00:00:00 00:00:00:02 00:00:00:00 00:00:00:02",
                  "ONE      V     C        00:00:00:02 00:00:00:03 00:00:00:02 00:00:00:03",
                  "TWO      V     C        10:00:00:00 10:00:00:01 00:00:00:03 00:00:00:04",
                  "TWO      V     C        10:00:00:01 10:00:00:03 00:00:00:04 00:00:00:06"));
  EXPECT_THAT(CutsEdl(record, SpansClockOf(record)), HasSubstr("* FROM CLIP NAME: two.mp4\n"));
}

TEST(SourceSpans, KeepReelsApart) {
  const contracts::EventList record = TwoFiles("/v/interview_1.mp4", "/v/interview_2.mp4");
  const auto events = EventsOf(CutsEdl(record, SpansClockOf(record)));
  EXPECT_THAT(events.front(), HasSubstr("INTERVIE V"));
  EXPECT_THAT(events.back(), HasSubstr("INTER002 V"));
  const contracts::EventList twins = TwoFiles("/v/a.mp4", "/w/a.mkv");
  EXPECT_THAT(EventsOf(CutsEdl(twins, SpansClockOf(twins))).back(), HasSubstr("A002     V"));
}

TEST(SourceSpans, DoNotLetADissolveBeginBeforeItsFile) {
  contracts::EventList record = TwoFiles();
  contracts::Event& event = record.events[1];  // at frame 4, of which the file has one before it
  event.type = contracts::EventType::kDissolve;
  event.start_frame = 1;
  event.start_s = 1.44;
  event.end_frame = 5;
  event.end_s = 1.6;
  EXPECT_THAT(EventsOf(CutsEdl(record, SpansClockOf(record))).back(),
              HasSubstr("TWO      V     D    002 10:00:00:00 10:00:00:03 00:00:00:03 00:00:00:06"));
  const std::string xmeml = CutsXmeml(record, SpansClockOf(record));
  EXPECT_THAT(xmeml, HasSubstr("<in>0</in>"));
  EXPECT_THAT(xmeml, Not(HasSubstr("<in>-")));
}

TEST(SourceSpans, LetOtioClipsReferToTheirFile) {
  const contracts::EventList record = TwoFiles();
  const auto clock = ExportClock::Make(record, {}, Counting::kAnyRate).value();
  const Json children = Json::parse(CutsOtio(record, clock))["tracks"]["children"][0]["children"];
  ASSERT_EQ(children.size(), 4U);
  const auto told = [&](size_t k) {
    const Json& media = children[k]["media_references"]["DEFAULT_MEDIA"];
    const Json& range = children[k]["source_range"];
    return fmt::format("{} {}+{} of {}+{}", media["target_url"].get<std::string>(),
                       range["start_time"]["value"].get<double>(),
                       range["duration"]["value"].get<double>(),
                       media["available_range"]["start_time"]["value"].get<double>(),
                       media["available_range"]["duration"]["value"].get<double>());
  };
  EXPECT_EQ(told(0), "file:///v/one.mp4 0+2 of 0+3");
  EXPECT_EQ(told(1), "file:///v/one.mp4 2+1 of 0+3");
  EXPECT_EQ(told(2), "file:///v/two.mp4 900000+1 of 900000+3");
  EXPECT_EQ(told(3), "file:///v/two.mp4 900001+2 of 900000+3");
  EXPECT_EQ(children[2]["name"], "shot 2");
}

TEST(SourceSpans, LetXmemlDescribeEveryFileOnce) {
  const contracts::EventList record = TwoFiles();
  const std::string xmeml = CutsXmeml(record, SpansClockOf(record));
  for (const char* part : {"<file id=\"file-1\">", "<file id=\"file-1\"/>", "<file id=\"file-2\">",
                           "<file id=\"file-2\"/>", "<pathurl>file:///v/two.mp4</pathurl>",
                           "<width>640</width>", "<string>10:00:00:00</string>"}) {
    EXPECT_THAT(xmeml, HasSubstr(part));
  }
  EXPECT_EQ(xmeml.find("<file id=\"file-2\">"), xmeml.rfind("<file id=\"file-2\">"));
}

TEST(SourceSpans, OfAParsedRecordReferByName) {
  contracts::EventList record = TwoFiles();
  for (contracts::EventSource& source : record.sources) {
    source.media_uri.clear();
    source.info = {};
  }
  record.media_uri.clear();
  EXPECT_THAT(CutsXmeml(record, SpansClockOf(record)), HasSubstr("<pathurl>two.mp4</pathurl>"));
  EXPECT_THAT(EventsOf(CutsEdl(record, SpansClockOf(record))).back(),
              HasSubstr("TWO      V     C        00:00:00:01 00:00:00:03"));
}

}  // namespace
}  // namespace reelbatch::store
