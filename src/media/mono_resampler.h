#pragma once

#include <cstdint>
#include <vector>

#include "media/av.h"

namespace reelbatch::media {

/// Turns decoded sound into mono floats of one rate (OpenAudio() says by which rule). The first
/// sample that comes out is the first one that went in; what goes in late comes out late: Drain()
/// gives the rest. Threads: one caller at a time.
class MonoResampler {
 public:
  explicit MonoResampler(int rate) : rate_(rate) {}
  ~MonoResampler() { av_channel_layout_uninit(&layout_); }
  MonoResampler(const MonoResampler&) = delete;
  MonoResampler& operator=(const MonoResampler&) = delete;

  /// Whether `frame` can follow what went in.
  bool Fits(const AVFrame& frame) const;
  /// Begins anew, for sound like that of `frame`. An AVERROR, or 0.
  int Begin(const AVFrame& frame);
  /// Appends to `out` what comes of `frame` without its first `skip` samples. An AVERROR, or 0.
  int Add(const AVFrame& frame, int skip, std::vector<float>& out);
  /// Appends the rest; Begin() has to follow. An AVERROR, or 0.
  int Drain(std::vector<float>& out);

  /// Samples of the source that went in since Begin(), and their rate.
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
