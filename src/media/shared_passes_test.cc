#include "media/shared_passes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <thread>

#include "media/audio_reader.h"
#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media::shared_passes {
namespace {

size_t HashOf(std::string_view bytes) { return std::hash<std::string_view>{}(bytes); }

template <class T>
std::string TextOf(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "none";
}

std::string TextOf(const contracts::DecodeReport& report) {
  return fmt::format(
      "decoded {} expected {} errors {} at {} missing {} repaired {} changed {} end {} last {} "
      "past "
      "{} rate {}/{} vfr {} interlaced {} truncated {} first '{}' complained {}\n",
      report.frames_decoded, TextOf(report.frames_expected), report.decode_errors,
      fmt::join(report.error_frames, ","), report.missing_pts, report.repaired_pts,
      TextOf(report.size_changed_at), report.end_frame, report.last_pts_s,
      TextOf(report.past_range_s), report.rate.num, report.rate.den, report.vfr, report.interlaced,
      report.truncated, report.first_error, report.decoder_complained);
}

std::string TextOf(const contracts::AudioReport& report) {
  return fmt::format(
      "{} {} {} {} {} samples {} start {} offset {} errors {} bad {} gaps {} {} overlaps {} {} "
      "truncated {} first '{}'\n",
      report.codec, report.stream_index, report.channels, report.source_rate, report.rate,
      report.samples, report.start_s, report.offset_s, report.decode_errors, report.bad_samples,
      report.gaps, report.gap_samples, report.overlaps, report.overlap_samples, report.truncated,
      report.first_error);
}

std::string TextOf(const contracts::VideoInfo& info) {
  return fmt::format("{} {} {}x{} start {} player {} lasts {} expected {} bytes {} code {}\n",
                     info.container, info.codec, info.width, info.height, info.start_time_s,
                     info.player_start_s, TextOf(info.duration_s), TextOf(info.frames_expected),
                     info.stream_bytes, info.timecode.has_value());
}

class Frames {
 public:
  Frames(const Pass& pass, const std::shared_ptr<SharedFile>& shared) {
    auto opened = OpenVideo(pass.path, {.sampling = pass.sampling,
                                        .threads = pass.threads,
                                        .thumbnail = FrameSize{48, 27},
                                        .shared = shared});
    if (!opened) {
      text_ = opened.error().Text();
      return;
    }
    source_ = std::move(*opened);
    text_ = TextOf(source_->info());
  }

  bool Step() {
    if (source_ == nullptr) return false;
    const auto frame = source_->Next();
    if (!frame || *frame == nullptr) {
      text_ += frame ? TextOf(source_->report()) : frame.error().Text();
      return false;
    }
    text_ += fmt::format("{} {} {:x}\n", (*frame)->index, (*frame)->pts_s,
                         HashOf(testing_clips::SamplesOf((*frame)->view)));
    return true;
  }

  double position_s() const {
    return source_ == nullptr ? 0 : source_->info().start_time_s + source_->position_s();
  }
  const std::string& text() const { return text_; }

 private:
  std::unique_ptr<FrameSource> source_;
  std::string text_;
};

class Sound {
 public:
  Sound(const Pass& pass, const std::shared_ptr<SharedFile>& shared) {
    auto opened = OpenAudio(pass.path, {.sampling = pass.sampling, .shared = shared});
    if (!opened) text_ = opened.error().Text();
    if (opened && *opened == nullptr) text_ = "no sound";
    if (opened) source_ = std::move(*opened);
  }

  bool Step() {
    if (source_ == nullptr) return false;
    const auto block = source_->Next();
    if (!block || block->samples.empty()) {
      text_ += block ? TextOf(source_->report()) : block.error().Text();
      return false;
    }
    const std::span<const float> samples = block->samples;
    text_ += fmt::format(
        "{} {} {:x}\n", block->first_sample, samples.size(),
        HashOf({reinterpret_cast<const char*>(samples.data()), samples.size() * sizeof(float)}));
    return true;
  }

  double position_s() const { return source_ == nullptr ? 0 : source_->position_s(); }
  const std::string& text() const { return text_; }

 private:
  std::unique_ptr<AudioSource> source_;
  std::string text_;
};

void ToTheEnd(const Step& step) {
  while (step()) {
  }
}

}  // namespace

void FramesFirst(const Steps& steps) {
  ToTheEnd(steps.frames);
  ToTheEnd(steps.sound);
}

void SoundFirst(const Steps& steps) {
  ToTheEnd(steps.sound);
  ToTheEnd(steps.frames);
}

void ByTurns(const Steps& steps) {
  bool hears = true;
  while (steps.frames()) {
    while (hears && steps.sound_at() < steps.frames_at()) hears = steps.sound();
  }
  if (hears) ToTheEnd(steps.sound);
}

void OnTwoThreads(const Steps& steps) {
  std::thread looks([&] { ToTheEnd(steps.frames); });
  ToTheEnd(steps.sound);
  looks.join();
}

std::string Read(const Pass& pass, const std::shared_ptr<SharedFile>& shared, Way way) {
  std::optional<Frames> frames;
  std::optional<Sound> sound;
  if (way == SoundFirst) sound.emplace(pass, shared);
  frames.emplace(pass, shared);
  if (!sound) sound.emplace(pass, shared);
  way({.frames = [&] { return frames->Step(); },
       .sound = [&] { return sound->Step(); },
       .frames_at = [&] { return frames->position_s(); },
       .sound_at = [&] { return sound->position_s(); }});
  return frames->text() + sound->text();
}

}  // namespace reelbatch::media::shared_passes
