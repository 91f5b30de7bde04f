#include "media/audio_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numbers>
#include <optional>
#include <vector>

#include "media/test_clips.h"

namespace reelbatch::media {
namespace {

using testing::HasSubstr;
using testing_clips::Output;
using testing_clips::Quoted;
using testing_clips::ReadAll;
using testing_clips::TempFolder;

constexpr int kRate = 16000;
constexpr double kTone = 440;  // Hz

struct Heard {
  bool sound = false;
  std::vector<float> samples;
  contracts::AudioReport report;
  std::optional<base::Error> error;
};

Heard Hear(const std::filesystem::path& path, AudioOptions options = {}) {
  Heard heard;
  auto source = OpenAudio(path, options);
  if (!source) {
    heard.error = source.error();
    return heard;
  }
  if (*source == nullptr) return heard;
  heard.sound = true;
  while (true) {
    const auto block = (*source)->Next();
    if (!block) {
      heard.error = block.error();
      break;
    }
    EXPECT_EQ(block->first_sample, static_cast<int64_t>(heard.samples.size()));
    if (block->samples.empty()) break;
    heard.samples.insert(heard.samples.end(), block->samples.begin(), block->samples.end());
  }
  heard.report = (*source)->report();
  EXPECT_EQ(heard.error ? static_cast<int64_t>(heard.samples.size()) : heard.report.samples,
            static_cast<int64_t>(heard.samples.size()));
  return heard;
}

/// Root mean square of [begin_s, end_s) of what was delivered.
double Loudness(const Heard& heard, double begin_s, double end_s) {
  const auto begin = static_cast<size_t>(begin_s * kRate);
  const auto end = std::min(heard.samples.size(), static_cast<size_t>(end_s * kRate));
  double sum = 0;
  for (size_t k = begin; k < end; ++k) sum += heard.samples[k] * heard.samples[k];
  return end > begin ? std::sqrt(sum / static_cast<double>(end - begin)) : 0;
}

/// The largest difference to amplitude * sin(2 pi kTone t), t counted from sample 0, over [begin_s,
/// end_s).
double OffTheTone(const Heard& heard, double amplitude, double begin_s, double end_s) {
  double worst = 0;
  for (auto k = static_cast<size_t>(begin_s * kRate); k < static_cast<size_t>(end_s * kRate); ++k) {
    const double wanted =
        amplitude * std::sin(2 * std::numbers::pi * kTone * static_cast<double>(k) / kRate);
    worst = std::max(worst, std::abs(static_cast<double>(heard.samples.at(k)) - wanted));
  }
  return worst;
}

constexpr char kPicture[] = "-f lavfi -i testsrc2=s=64x48:r=25:d=";

std::string Picture(double seconds) { return kPicture + std::to_string(seconds) + " "; }
std::string Tone(int rate, const std::string& channels = "") {
  return "-f lavfi -i \"aevalsrc=exprs=0.5*sin(2*PI*440*t)" + channels +
         ":s=" + std::to_string(rate) + ":d=2\" ";
}

TEST(OpenAudio, AVideoWithoutSoundIsNoError) {
  const TempFolder folder;
  const auto heard = Hear(folder.Ffmpeg(Picture(1) + "-c:v mpeg4", "silent.mp4"));
  EXPECT_FALSE(heard.error);
  EXPECT_FALSE(heard.sound);
}

TEST(OpenAudio, WhatIsNoVideoIsAnError) {
  const TempFolder folder;
  const auto text = Hear(folder.Write("text.mp4", "no video at all"));
  ASSERT_TRUE(text.error);
  EXPECT_EQ(text.error->code, base::Code::kCorrupt);
  const auto missing = Hear(folder / "missing.mp4");
  ASSERT_TRUE(missing.error);
  EXPECT_EQ(missing.error->code, base::Code::kIo);
}

TEST(OpenAudio, AKnownToneComesOutAtEveryRate) {
  const TempFolder folder;
  for (const int rate : {8000, 11025, 16000, 22050, 44100, 48000, 96000}) {
    const auto clip = folder.Ffmpeg(Picture(2) + Tone(rate) + "-c:v mpeg4 -c:a pcm_f32le",
                                    "tone" + std::to_string(rate) + ".mkv");
    const auto heard = Hear(clip);
    ASSERT_FALSE(heard.error) << heard.error->Text();
    EXPECT_NEAR(static_cast<double>(heard.samples.size()), 2 * kRate, 1) << rate;
    EXPECT_LT(OffTheTone(heard, 0.5, 0.05, 1.95), 0.001) << rate;
    EXPECT_EQ(heard.report.source_rate, rate);
    EXPECT_EQ(heard.report.rate, kRate);
    EXPECT_EQ(heard.report.channels, 1);
    EXPECT_EQ(heard.report.codec, "pcm_f32le");
    EXPECT_EQ(heard.report.decode_errors, 0);
    EXPECT_EQ(heard.report.gaps + heard.report.overlaps, 0) << rate;
    EXPECT_FALSE(heard.report.truncated);
    EXPECT_NEAR(heard.report.offset_s, 0, 0.0005);
  }
}

TEST(OpenAudio, IsWhatFfmpegWrites) {
  const TempFolder folder;
  const std::string eight =
      "-f lavfi -i "
      "\"aevalsrc=exprs=0.9*sin(2*PI*440*t)|0.9*sin(2*PI*550*t)|0.8*sin(2*PI*660*t)|0.7*sin(2*PI*"
      "50*t)|0.6*sin(2*PI*770*t)|"
      "0.5*sin(2*PI*880*t)|0.4*sin(2*PI*990*t)|0.9*sin(2*PI*1100*t):c=7.1:s=48000:d=2\" ";
  const std::string stereo =
      "-f lavfi -i \"aevalsrc=exprs=0.9*sin(2*PI*440*t)|0.9*sin(2*PI*440*t+0.3):s=44100:d=2\" ";
  for (const auto& [name, source] : {std::pair("eight.mkv", eight), {"stereo.mkv", stereo}}) {
    const auto clip = folder.Ffmpeg(Picture(2) + source + "-c:v mpeg4 -c:a pcm_s16le", name);
    const auto heard = Hear(clip);
    ASSERT_FALSE(heard.error) << heard.error->Text();
    const std::string wanted =
        ReadAll(folder.Ffmpeg("-i " + Quoted(clip) + " -vn -ac 1 -ar 16000 -c:a pcm_s16le -f s16le",
                              std::string(name) + ".raw"));
    ASSERT_NEAR(static_cast<double>(wanted.size()) / 2, static_cast<double>(heard.samples.size()),
                32);
    double worst = 0;
    for (size_t k = 0; k < std::min(wanted.size() / 2, heard.samples.size()); ++k) {
      int16_t value = 0;
      std::memcpy(&value, wanted.data() + 2 * k, sizeof value);
      worst = std::max(worst, std::abs(heard.samples[k] * 32768.0 - value));
    }
    EXPECT_LT(worst, 8) << name;  // of 32768: ffmpeg mixes and resamples in 16 bits
  }
}

TEST(OpenAudio, ChannelsWithoutALayoutCountEqually) {
  const TempFolder folder;
  std::string exprs;
  for (int k = 0; k < 8; ++k) exprs += "|0.5*sin(2*PI*440*t)";
  const auto clip =
      folder.Ffmpeg(Picture(2) + Tone(48000, exprs) + "-c:v mpeg4 -c:a pcm_f32le", "nine.mkv");
  const auto heard = Hear(clip);
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_EQ(heard.report.channels, 9);
  EXPECT_LT(OffTheTone(heard, 0.5, 0.05, 1.95), 0.001);
}

TEST(OpenAudio, CodedSoundKeepsItsTime) {
  const TempFolder folder;
  // A click of 10 ms at 1 s.
  const std::string click =
      "-f lavfi -i \"aevalsrc=exprs=between(t\\,1\\,1.01)*0.8*sin(2*PI*2000*t):s=48000:d=2\" ";
  for (const char* coded : {"-c:a aac out.mp4", "-c:a libopus out.mkv", "-c:a libmp3lame out.mkv",
                            "-c:a ac3 out.ts", "-c:a flac out.mkv", "-c:a libvorbis out.mkv",
                            "-c:a pcm_s16le out.avi", "-c:a aac out.mov"}) {
    const std::string text = coded;
    const size_t space = text.rfind(' ');
    const auto clip = folder.Ffmpeg(Picture(2) + click + "-c:v mpeg4 " + text.substr(0, space),
                                    text.substr(space + 1));
    const auto heard = Hear(clip);
    ASSERT_FALSE(heard.error) << coded << heard.error->Text();
    double energy = 0;
    double moment = 0;
    for (size_t k = 0; k < heard.samples.size(); ++k) {
      const double square = static_cast<double>(heard.samples[k]) * heard.samples[k];
      energy += square;
      moment += square * static_cast<double>(k);
    }
    const double video_start_s = heard.report.start_s - heard.report.offset_s;
    const double at_s = heard.report.start_s + moment / energy / kRate - video_start_s;
    EXPECT_NEAR(at_s, 1.005, 0.01) << coded;
    EXPECT_EQ(heard.report.decode_errors, 0) << coded << " " << heard.report.first_error;
    EXPECT_EQ(heard.report.gaps + heard.report.overlaps, 0) << coded;
    EXPECT_FALSE(heard.report.truncated) << coded;
  }
}

TEST(OpenAudio, SaysHowFarSoundAndPictureAreApart) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(
      Picture(3) + "-itsoffset 0.75 " + Tone(48000) + "-map 0 -map 1 -c:v mpeg4 -c:a pcm_s16le",
      "late.mkv");
  const auto heard = Hear(clip);
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_NEAR(heard.report.offset_s, 0.75, 0.002);
  EXPECT_NEAR(heard.report.start_s, 0.75, 0.002);
  EXPECT_NEAR(static_cast<double>(heard.samples.size()), 2 * kRate, 1);
  EXPECT_LT(OffTheTone(heard, 0.5, 0.05, 1.95), 0.001);
}

TEST(OpenAudio, TheRangeCountsFromThePicturesStart) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(
      Picture(3) + "-itsoffset 0.75 " + Tone(48000) + "-map 0 -map 1 -c:v mpeg4 -c:a pcm_s16le",
      "late.mkv");
  const auto within = Hear(clip, {.sampling = {.start_s = 1, .end_s = 1.5}});
  EXPECT_EQ(within.report.samples, kRate / 2);
  EXPECT_NEAR(within.report.start_s, 1, 1.0 / kRate);
  EXPECT_NEAR(within.report.offset_s, 0.75, 0.002);
  EXPECT_FALSE(within.report.truncated);
  // 110 whole turns lie before it.
  EXPECT_LT(OffTheTone(within, 0.5, 0, 0.5), 0.001);
  const auto across = Hear(clip, {.sampling = {.start_s = 0.5, .end_s = 1}});
  EXPECT_EQ(across.report.samples, kRate / 4);
  EXPECT_NEAR(across.report.start_s, 0.75, 0.002);
  EXPECT_EQ(Hear(clip, {.sampling = {.end_s = 0.5}}).report.samples, 0);
  EXPECT_EQ(Hear(clip, {.sampling = {.start_s = 2.9}}).report.samples, 0);
}

TEST(OpenAudio, GapsBecomeSilence) {
  const TempFolder folder;
  // Nothing from 0.5 s to 1 s.
  const auto clip =
      folder.Ffmpeg(Picture(2) + Tone(48000) +
                        "-c:v mpeg4 -c:a pcm_s16le -af \"aselect='not(between(t\\,0.5\\,0.99))'\"",
                    "gap.mkv");
  const auto heard = Hear(clip);
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_EQ(heard.report.gaps, 1);
  EXPECT_NEAR(static_cast<double>(heard.report.gap_samples), 0.5 * kRate, 0.06 * kRate);
  EXPECT_NEAR(static_cast<double>(heard.samples.size()), 2 * kRate, 20);
  EXPECT_LT(OffTheTone(heard, 0.5, 0.05, 0.45), 0.001);
  EXPECT_LT(Loudness(heard, 0.56, 0.94), 1e-6);
  // Milliseconds are the container's own rounding.
  EXPECT_LT(OffTheTone(heard, 0.5, 1.06, 1.9), 0.5 * 2 * std::numbers::pi * kTone * 0.0011);
  EXPECT_EQ(heard.report.decode_errors, 0);
}

/// Two seconds of a tone from `first_s` on, then two more from `second_s` on, on the container's
/// clock.
std::filesystem::path TwoTones(const TempFolder& folder, double first_s, double second_s) {
  const auto tone = [&](double at_s, const char* name) {
    return ReadAll(folder.Ffmpeg(Picture(2) + Tone(48000) +
                                     "-c:v mpeg2video -c:a mp2 -output_ts_offset " +
                                     std::to_string(at_s),
                                 name));
  };
  return folder.Write("both.ts", tone(first_s, "first.ts") + tone(second_s, "second.ts"));
}

TEST(OpenAudio, WhatComesTwiceIsLeftOut) {
  const TempFolder folder;
  const auto heard = Hear(TwoTones(folder, 0, 1.75));
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_EQ(heard.report.overlaps, 1);
  EXPECT_NEAR(static_cast<double>(heard.report.overlap_samples), 0.25 * kRate, 0.05 * kRate);
  EXPECT_NEAR(static_cast<double>(heard.samples.size()), 3.75 * kRate, 0.05 * kRate);
  EXPECT_EQ(heard.report.gaps, 0);
}

TEST(OpenAudio, AClockThatIsSetAnewIsNotBelieved) {
  const TempFolder folder;
  for (const auto& [first_s, second_s] : {std::pair(0.0, 9000.0), {1000.0, 0.0}}) {
    const auto heard = Hear(TwoTones(folder, first_s, second_s));
    ASSERT_FALSE(heard.error) << heard.error->Text();
    EXPECT_NEAR(static_cast<double>(heard.samples.size()), 4 * kRate, 0.05 * kRate) << first_s;
    EXPECT_EQ(heard.report.gaps + heard.report.overlaps, 0);
    EXPECT_EQ(heard.report.decode_errors, 1) << first_s;
    EXPECT_THAT(heard.report.first_error, HasSubstr("its clock jumps by"));
  }
}

TEST(OpenAudio, SilenceIsSound) {
  const TempFolder folder;
  const auto heard = Hear(folder.Ffmpeg(
      Picture(1) + "-f lavfi -i anullsrc=r=8000:cl=mono -shortest -c:v mpeg4 -c:a pcm_s16le",
      "quiet.mkv"));
  EXPECT_TRUE(heard.sound);
  EXPECT_EQ(heard.report.source_rate, 8000);
  EXPECT_GE(heard.samples.size(), 0.9 * kRate);
  EXPECT_EQ(Loudness(heard, 0, 1), 0);
}

TEST(OpenAudio, NumbersThatAreNoneBecomeSilence) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(
      Picture(1) +
          "-f lavfi -i \"aevalsrc=exprs=if(between(t\\,0.5\\,0.6)\\,0/0\\,0.25):s=16000:d=1\" -c:v "
          "mpeg4 -c:a pcm_f32le",
      "nan.mkv");
  const auto heard = Hear(clip);
  ASSERT_FALSE(heard.error);
  for (const float sample : heard.samples) ASSERT_TRUE(std::isfinite(sample));
  EXPECT_NEAR(static_cast<double>(heard.report.bad_samples), 0.1 * kRate, 2);
  EXPECT_NEAR(Loudness(heard, 0.1, 0.4), 0.25, 1e-6);
}

TEST(OpenAudio, DamageIsPassedOverAndCounted) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(Picture(2) + Tone(48000) + "-c:v mpeg4 -c:a aac", "good.mkv");
  std::string bytes = ReadAll(clip);
  uint32_t state = 12345;
  for (int k = 0; k < 60; ++k) {
    state = state * 1664525 + 1013904223;
    bytes[2000 + state % (bytes.size() - 4000)] ^= static_cast<char>(1 << (state >> 29));
  }
  const auto heard = Hear(folder.Write("bad.mkv", bytes));
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_GT(heard.samples.size(), 1.0 * kRate);
  EXPECT_GT(heard.report.decode_errors, 0);
  EXPECT_FALSE(heard.report.first_error.empty());
}

TEST(OpenAudio, AFileThatEndsEarlyIsTruncated) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(
      Picture(2) + Tone(48000) + "-c:v mpeg4 -c:a aac -movflags +faststart", "good.mp4");
  const std::string bytes = ReadAll(clip);
  const auto heard = Hear(folder.Write("cut.mp4", bytes.substr(0, bytes.size() * 6 / 10)));
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_TRUE(heard.report.truncated);
  EXPECT_GT(heard.samples.size(), 0.4 * kRate);
  EXPECT_LT(heard.samples.size(), 1.7 * kRate);
  EXPECT_FALSE(Hear(clip).report.truncated);
}

TEST(OpenAudio, SoundThatIsAllDamageIsAnError) {
  const TempFolder folder;
  const auto clip = folder.Ffmpeg(Picture(2) + Tone(48000) + "-c:v mpeg4 -c:a aac", "good.mkv");
  const auto raw =
      folder.Ffmpeg("-i " + Quoted(clip) + " -c copy -bsf:a noise=amount=1", "noise.mkv");
  const auto heard = Hear(raw);
  ASSERT_TRUE(heard.error);
  EXPECT_EQ(heard.error->code, base::Code::kCorrupt);
  EXPECT_THAT(heard.error->Text(), HasSubstr("noise.mkv: its sound (aac) cannot be decoded"));
}

TEST(OpenAudio, StopsWhenAsked) {
  const TempFolder folder;
  const auto clip =
      folder.Ffmpeg(Picture(2) + Tone(48000) + "-c:v mpeg4 -c:a pcm_s16le", "tone.mkv");
  base::CancelToken cancel;
  int frames = 0;
  auto source = OpenAudio(clip, {.cancel = &cancel, .on_decoded = [&] { ++frames; }});
  ASSERT_TRUE(source);
  ASSERT_TRUE((*source)->Next());
  EXPECT_GT(frames, 0);
  cancel.Cancel();
  const auto next = (*source)->Next();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, base::Code::kCancelled);
  EXPECT_FALSE(OpenAudio(clip, {.cancel = &cancel}));
}

TEST(OpenAudio, TheRateMayChangeInTheMiddle) {
  const TempFolder folder;
  const auto first =
      folder.Ffmpeg(Picture(2) + Tone(44100) + "-c:v mpeg2video -c:a mp2", "first.ts");
  const auto second = folder.Ffmpeg(Picture(2) + Tone(32000, "|0.5*sin(2*PI*440*t)") +
                                        "-c:v mpeg2video -c:a mp2 -output_ts_offset 2",
                                    "second.ts");
  const auto heard = Hear(folder.Write("both.ts", ReadAll(first) + ReadAll(second)));
  ASSERT_FALSE(heard.error) << heard.error->Text();
  EXPECT_NEAR(static_cast<double>(heard.samples.size()), 4 * kRate, 0.15 * kRate);
  EXPECT_NEAR(Loudness(heard, 0.2, 1.8), 0.5 / std::numbers::sqrt2, 0.01);
  EXPECT_NEAR(Loudness(heard, 2.3, 3.8), 0.5 / std::numbers::sqrt2, 0.01);
}

}  // namespace
}  // namespace reelbatch::media
