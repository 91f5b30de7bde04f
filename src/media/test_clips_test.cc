// Helpers of the other tests of this room; see test_clips.h.
#include "media/test_clips.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace reelbatch::media::testing_clips {
namespace {

void AppendPlane(const image::ImageView<uint8_t>& plane, std::string& to) {
  for (int y = 0; y < plane.height; ++y) {
    to.append(reinterpret_cast<const char*>(plane.row(y)), static_cast<size_t>(plane.width));
  }
}

}  // namespace

TempFolder::TempFolder() {
  static std::atomic<int> next{0};
  path_ = std::filesystem::path(testing::TempDir()) /
          ("reelbatch_media_" + std::to_string(::getpid()) + "_" + std::to_string(next++));
  std::filesystem::create_directories(path_);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempFolder::Ffmpeg(const std::string& arguments,
                                         const std::string& name) const {
  const std::filesystem::path path = path_ / name;
  Output("ffmpeg -v error -nostdin -y -threads 1 " + arguments + " " + Quoted(path) + " 2>&1");
  return path;
}

std::filesystem::path TempFolder::Write(const std::string& name, const std::string& content) const {
  const std::filesystem::path path = path_ / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string Output(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << "cannot start: " << command;
    return {};
  }
  std::string text;
  std::array<char, 4096> buffer{};
  while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), got);
  }
  const int status = ::pclose(pipe);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command << "\n" << text;
  return text;
}

std::string Quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void TurnClockwise(const std::filesystem::path& mp4, int degrees) {
  std::string bytes = ReadAll(mp4);
  const size_t box = bytes.find("tkhd");
  ASSERT_NE(box, std::string::npos) << mp4;
  // After the box's name: version and flags, 3 times and the track's number, 8 bytes, 4 numbers of
  // 2 bytes; then rows of a matrix, in units of 1/65536: cos, sin, 0, -sin, cos, 0.
  const size_t matrix = box + 4 + 40;
  const int cosine = degrees == 0 ? 1 : degrees == 180 ? -1 : 0;
  const int sine = degrees == 90 ? 1 : degrees == 270 ? -1 : 0;
  const std::array<int, 5> entries = {cosine, sine, 0, -sine, cosine};
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto value = static_cast<uint32_t>(entries[i] * 65536);
    for (size_t byte = 0; byte < 4; ++byte)
      bytes[matrix + 4 * i + byte] = static_cast<char>(value >> (24 - 8 * byte));
  }
  std::ofstream(mp4, std::ios::binary) << bytes;
}

std::vector<double> FfprobeTimes(const std::filesystem::path& path) {
  std::istringstream lines(
      Output("ffprobe -v quiet -threads 1 -select_streams V:0 -show_entries "
             "frame=best_effort_timestamp_time -of default=nk=1:nw=1 " +
             Quoted(path)));
  return {std::istream_iterator<double>(lines), {}};
}

std::string SamplesOf(const image::FrameView& view) {
  std::string samples;
  for (const auto& plane : {view.y, view.u, view.v}) AppendPlane(plane, samples);
  return samples;
}

Reading ReadVideo(const std::filesystem::path& path, const ReaderOptions& options,
                  bool keep_samples) {
  Reading reading;
  auto source = OpenVideo(path, options);
  if (!source.has_value()) {
    reading.failure = source.error().Text();
    reading.code = source.error().code;
    return reading;
  }
  reading.info = (*source)->info();
  std::deque<image::FrameView> shown;  // that are not copied yet
  const auto copy_until = [&](size_t left) {
    for (; keep_samples && shown.size() > left; shown.pop_front()) {
      reading.samples.push_back(SamplesOf(shown.front()));
    }
  };
  while (true) {
    copy_until(static_cast<size_t>(options.frames_kept));
    const auto frame = (*source)->Next();
    if (!frame.has_value()) {
      reading.failure = frame.error().Text();
      reading.code = frame.error().code;
      break;
    }
    if (*frame == nullptr) break;
    reading.timeline.frame_indices.push_back((*frame)->index);
    reading.timeline.pts_s.push_back((*frame)->pts_s);
    reading.last = (*frame)->view;
    shown.push_back(reading.last);
  }
  copy_until(0);
  reading.report = (*source)->report();
  return reading;
}

}  // namespace reelbatch::media::testing_clips
