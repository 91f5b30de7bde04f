#include "store/trace_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <limits>
#include <thread>
#include <vector>

#include "base/json_text.h"
#include "store/test_support.h"

namespace reelbatch::store {

using base::Json;

namespace {

namespace fs = std::filesystem;
using contracts::TraceTrackId;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using ::testing::HasSubstr;
using testing::Slurp;
using testing::TempFolder;

// Read by tests/e2e/test_check_trace.py too. Where the format changes on purpose, put there what
// the test wrote.
constexpr const char* kSample = REELBATCH_SOURCE_DIR "/tests/fixtures/trace/sample.json";

std::vector<fs::path> FilesIn(const fs::path& folder) {
  return {fs::directory_iterator(folder), fs::directory_iterator()};
}

Json EventsOf(const fs::path& file) { return Json::parse(Slurp(file)).at("traceEvents"); }

/// Two videos, a batch that runs out of memory and is run again as two, and an artifact.
void WriteSample(contracts::TraceSink& trace) {
  const TraceTrackId lane0 = trace.Track({"lanes", "lane 0"});
  const TraceTrackId lane1 = trace.Track({"lanes", "lane 1"});
  const TraceTrackId gpu = trace.Track({"device cuda:0", "executor 0"});
  const TraceTrackId writer = trace.Track({"artifacts", "writer"});
  trace.Slice({.track = gpu,
               .begin = milliseconds(30),
               .duration = milliseconds(10),
               .name = "transnetv2 x2",
               .arguments = {{"key", "transnetv2 720 16:9 on cuda:0"},
                             {"reason", "tail"},
                             {"size", int64_t{2}},
                             {"predicted_ms", 9.5},
                             {"actual_mb", std::numeric_limits<double>::quiet_NaN()}}});
  trace.Flow({"units", {lane0, microseconds(20500)}, {gpu, milliseconds(30)}});
  trace.Flow({"units", {lane1, milliseconds(25)}, {gpu, milliseconds(30)}});
  trace.Instant({.track = gpu,
                 .at = milliseconds(40),
                 .name = "oom",
                 .arguments = {{"class", "capacity"}, {"attempt", int64_t{1}}}});
  trace.Counter({"device cuda:0", "VRAM", "MB", milliseconds(30), 512.5});
  trace.Counter({"device cuda:0", "VRAM", "MB", milliseconds(40), 0});
  trace.Counter({"queues", "transnetv2", "units", nanoseconds(20500001), 3});
  trace.Slice({.track = gpu,
               .begin = milliseconds(40),
               .duration = milliseconds(5),
               .name = "transnetv2 x1"});
  trace.Slice({.track = gpu,
               .begin = milliseconds(45),
               .duration = nanoseconds(5000001),
               .name = "transnetv2 x1"});
  trace.Slice({.track = lane0,
               .begin = nanoseconds(1001),
               .duration = milliseconds(40),
               .name = "видео \"a\"\n\xFF.mp4"});
  trace.Slice({.track = lane0,
               .begin = milliseconds(38),
               .duration = milliseconds(2),
               .name = "cut_detection"});
  trace.Slice({.track = lane1, .duration = milliseconds(35), .name = "\U0001F3AC.mp4"});
  trace.Slice({.track = writer,
               .begin = milliseconds(51),
               .duration = milliseconds(1),
               .name = "cuts.json"});
  trace.Flow({"result", {gpu, milliseconds(49)}, {writer, milliseconds(51)}});
  trace.Instant({.track = writer, .at = milliseconds(52), .name = "artifact_written"});
}

TEST(TraceWriter, WritesEveryKindOfEvent) {
  const TempFolder temp;
  const fs::path file = temp.path() / "trace.json";
  auto trace = TraceWriter::Open(file);
  ASSERT_TRUE(trace);
  WriteSample(**trace);
  EXPECT_FALSE(fs::exists(file));
  ASSERT_TRUE((*trace)->Close());
  EXPECT_EQ(Slurp(file), Slurp(kSample));
  EXPECT_EQ(FilesIn(temp.path()).size(), 1U);
}

TEST(TraceWriter, ATraceWithoutEventsIsOne) {
  const TempFolder temp;
  const fs::path file = temp.path() / "trace.json";
  auto trace = TraceWriter::Open(file);
  ASSERT_TRUE(trace);
  ASSERT_TRUE((*trace)->Close());
  EXPECT_EQ(EventsOf(file).size(), 0U);
}

TEST(TraceWriter, AsksForTheSameTrackAreTheSameTrack) {
  const TempFolder temp;
  const fs::path file = temp.path() / "trace.json";
  auto trace = TraceWriter::Open(file);
  ASSERT_TRUE(trace);
  const TraceTrackId first = (*trace)->Track({"lanes", "lane 0"});
  const TraceTrackId other = (*trace)->Track({"device cpu", "lane 0"});
  const TraceTrackId again = (*trace)->Track({"lanes", "lane 0"});
  EXPECT_EQ(first.track, again.track);
  EXPECT_EQ(first.group, again.group);
  EXPECT_NE(first.track, other.track);
  EXPECT_NE(first.group, other.group);
  ASSERT_TRUE((*trace)->Close());
  EXPECT_EQ(EventsOf(file).size(), 8U);  // name and place of two groups and two tracks
}

TEST(TraceWriter, WhatIsNoTimeOrNumberStaysOut) {
  const TempFolder temp;
  const fs::path file = temp.path() / "trace.json";
  auto trace = TraceWriter::Open(file);
  ASSERT_TRUE(trace);
  (*trace)->Counter({"g", "n", "u", milliseconds(1), std::numeric_limits<double>::infinity()});
  (*trace)->Slice({.begin = milliseconds(-3), .duration = milliseconds(-1), .name = "early"});
  ASSERT_TRUE((*trace)->Close());
  const Json events = EventsOf(file);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at("ts"), 0.0);
  EXPECT_EQ(events[0].at("dur"), 0.0);
}

TEST(TraceWriter, WithoutCloseTheOldTraceStays) {
  const TempFolder temp;
  const fs::path file = temp.Write("trace.json", "old");
  {
    auto trace = TraceWriter::Open(file);
    ASSERT_TRUE(trace);
    WriteSample(**trace);
  }
  EXPECT_EQ(Slurp(file), "old");
  EXPECT_EQ(FilesIn(temp.path()).size(), 1U);
}

TEST(TraceWriter, HoldsAQuarterOfAMegabyteAtMost) {
  const TempFolder temp;
  const TempFolder temporaries;
  auto trace = TraceWriter::Open(temp.path() / "trace.json",
                                 {.temp_folder = temporaries.path(), .write_call = nullptr});
  ASSERT_TRUE(trace);
  const TraceTrackId lane = (*trace)->Track({"lanes", "lane 0"});
  constexpr int kSlices = 100'000;
  constexpr uintmax_t kLeastBytesASlice = 60;
  for (int i = 0; i < kSlices; ++i) {
    (*trace)->Slice(
        {.track = lane, .begin = microseconds(i), .duration = microseconds(1), .name = "a"});
  }
  const std::vector<fs::path> files = FilesIn(temporaries.path());
  ASSERT_EQ(files.size(), 1U);
  const uintmax_t on_disk = fs::file_size(files[0]);
  EXPECT_GT(on_disk, kSlices * kLeastBytesASlice - (256U << 10));
  ASSERT_TRUE((*trace)->Close());
  EXPECT_LT(fs::file_size(temp.path() / "trace.json"), on_disk + (257U << 10));
}

TEST(TraceWriter, TakesEventsFromManyThreads) {
  const TempFolder temp;
  const fs::path file = temp.path() / "trace.json";
  auto trace = TraceWriter::Open(file);
  ASSERT_TRUE(trace);
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&sink = **trace, t] {
        const TraceTrackId lane = sink.Track({"lanes", std::to_string(t)});
        for (int i = 0; i < kEach; ++i) {
          sink.Slice(
              {.track = lane, .begin = microseconds(i), .duration = microseconds(1), .name = "a"});
          sink.Flow({"f", {lane, microseconds(i)}, {lane, microseconds(i)}});
          sink.Counter({"queues", "a", "units", microseconds(i), static_cast<double>(i)});
        }
      });
    }
  }
  ASSERT_TRUE((*trace)->Close());
  constexpr int kEvents = 4;    // a flow is two
  constexpr int kHeadings = 2;  // name and place of two groups and of each track
  EXPECT_EQ(EventsOf(file).size(),
            static_cast<size_t>(kThreads * (kEach * kEvents + kHeadings) + 2 * kHeadings));
}

/// A device that fills up after its first write.
ssize_t FullAfterOne(int fd, const void* bytes, size_t size) {
  static int calls = 0;
  if (calls++ == 0) return ::write(fd, bytes, size);
  errno = ENOSPC;
  return -1;
}

TEST(TraceWriter, AFullDeviceEndsTheTraceAndGetsItsSpaceBack) {
  const TempFolder temp;
  const fs::path file = temp.Write("trace.json", "old");
  auto trace = TraceWriter::Open(file, {.temp_folder = {}, .write_call = &FullAfterOne});
  ASSERT_TRUE(trace);
  const std::string long_name(size_t{100} << 10, 'x');
  for (int i = 0; i < 8; ++i) (*trace)->Slice({.name = long_name});
  EXPECT_EQ(FilesIn(temp.path()).size(), 1U);  // before Close()
  (*trace)->Track({"lanes", "later"});
  for (int i = 0; i < 2; ++i) {
    const auto closed = (*trace)->Close();
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, base::Code::kIo);
    EXPECT_THAT(closed.error().Text(), HasSubstr("trace.json"));
    EXPECT_THAT(closed.error().message,
                HasSubstr("no space left on the device: free space or choose another place"));
  }
  EXPECT_EQ(Slurp(file), "old");
}

TEST(TraceWriter, SaysWhyItCannotBeMade) {
  const TempFolder temp;
  const auto missing = TraceWriter::Open(temp.path() / "missing" / "trace.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::Code::kIo);
  EXPECT_THAT(missing.error().Text(), HasSubstr("missing/trace.json"));
  EXPECT_EQ(TraceWriter::Open(temp.path()).error().code, base::Code::kIo);
}

TEST(TraceWriter, ClosingTwiceIsClosingOnce) {
  const TempFolder temp;
  const fs::path file = temp.path() / "trace.json";
  auto trace = TraceWriter::Open(file);
  ASSERT_TRUE(trace);
  ASSERT_TRUE((*trace)->Close());
  (*trace)->Track({"lanes", "late"});
  ASSERT_TRUE((*trace)->Close());
  EXPECT_EQ(EventsOf(file).size(), 0U);
}

}  // namespace
}  // namespace reelbatch::store
