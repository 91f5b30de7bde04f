#pragma once

#include <cstdint>
#include <vector>

#include "media/av.h"

namespace reelbatch::media {

/// Turns decoded sound into mono floats of one rate, by the rules of OpenAudio(). The first sample
/// that comes out belongs to the first one that went in. Samples come out with a delay, so Drain()
/// gives the last ones. Threads: one caller at a time.
class MonoResampler {
 public:
  explicit MonoResampler(int rate) : rate_(rate) {}
  ~MonoResampler() { av_channel_layout_uninit(&layout_); }
  MonoResampler(const MonoResampler&) = delete;
  MonoResampler& operator=(const MonoResampler&) = delete;

  /// Whether `frame` has the same rate, format and channels as the frames before.
  bool Fits(const AVFrame& frame) const;
  /// Begins again with the rate, format and channels of `frame`. Returns an AVERROR, or 0.
  int Begin(const AVFrame& frame);
  /// Appends to `out` the samples of `frame` except the first `skip`. Returns an AVERROR, or 0.
  int Add(const AVFrame& frame, int skip, std::vector<float>& out);
  /// Appends the last samples. Call Begin() before further samples. Returns an AVERROR, or 0.
  int Drain(std::vector<float>& out);

  /// The number of samples that went in since Begin(), and their rate in Hz.
  int64_t taken() const { return taken_; }
  int source_rate() const { return source_rate_; }

 private:
  int Convert(const uint8_t** planes, int samples, std::vector<float>& out);
  int Make(AVChannelLayout& layout, bool equal_weights);

  const int rate_;
  AvSwr swr_;
  AVChannelLayout layout_{};  // of the source
  int source_rate_ = 0;
  int format_ = -1;
  int64_t taken_ = 0;
};

}  // namespace reelbatch::media
