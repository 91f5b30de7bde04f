#include "media/mono_resampler.h"

extern "C" {
#include <libavutil/opt.h>
}

#include <algorithm>
#include <array>

namespace reelbatch::media {
namespace {

constexpr int kLeastRoom = 1024;  // samples, so that what is kept back comes out in a few calls

}  // namespace

bool MonoResampler::Fits(const AVFrame& frame) const {
  return swr_ != nullptr && frame.sample_rate == source_rate_ && frame.format == format_ &&
         av_channel_layout_compare(&frame.ch_layout, &layout_) == 0;
}

int MonoResampler::Make(AVChannelLayout& layout, bool equal_weights) {
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  SwrContext* made = nullptr;
  int result = swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_FLT, rate_, &layout,
                                   static_cast<AVSampleFormat>(format_), source_rate_, 0, nullptr);
  swr_.reset(made);
  // As for integers: the weights add up to 1 at most.
  if (result >= 0) result = av_opt_set_double(made, "rematrix_maxval", 1, 0);
  if (result >= 0 && equal_weights) {
    const std::vector<double> weights(static_cast<size_t>(layout.nb_channels),
                                      1.0 / layout.nb_channels);
    result = swr_set_matrix(made, weights.data(), layout.nb_channels);
  }
  if (result >= 0) result = swr_init(made);
  return std::min(result, 0);
}

int MonoResampler::Begin(const AVFrame& frame) {
  source_rate_ = frame.sample_rate;
  format_ = frame.format;
  taken_ = 0;
  if (const int result = av_channel_layout_copy(&layout_, &frame.ch_layout); result < 0)
    return result;
  AVChannelLayout usual{};  // a mask of channels: owns nothing
  av_channel_layout_default(&usual, layout_.nb_channels);
  AVChannelLayout& layout = layout_.order == AV_CHANNEL_ORDER_UNSPEC ? usual : layout_;
  if (layout.order == AV_CHANNEL_ORDER_NATIVE) {
    if (const int result = Make(layout, false); result >= 0 || result == AVERROR(ENOMEM))
      return result;
  }
  // Channels that FFmpeg knows no matrix for.
  return Make(layout_, true);
}

int MonoResampler::Convert(const uint8_t** planes, int samples, std::vector<float>& out) {
  const int expected = swr_get_out_samples(swr_.get(), samples);
  if (expected < 0) return expected;
  const int room = std::max(expected, kLeastRoom);
  const size_t before = out.size();
  out.resize(before + static_cast<size_t>(room));
  std::array<uint8_t*, 1> to = {reinterpret_cast<uint8_t*>(out.data() + before)};
  const int made = swr_convert(swr_.get(), to.data(), room, planes, samples);
  out.resize(before + static_cast<size_t>(std::max(made, 0)));
  return std::min(made, 0);
}

int MonoResampler::Add(const AVFrame& frame, int skip, std::vector<float>& out) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int channels = frame.ch_layout.nb_channels;
  const auto step = static_cast<size_t>(av_get_bytes_per_sample(format)) *
                    static_cast<size_t>(planar ? 1 : channels);
  std::vector<const uint8_t*> planes(static_cast<size_t>(planar ? channels : 1));
  for (size_t k = 0; k < planes.size(); ++k)
    planes[k] = frame.extended_data[k] + static_cast<size_t>(skip) * step;
  const int samples = frame.nb_samples - skip;
  taken_ += samples;
  return Convert(planes.data(), samples, out);
}

int MonoResampler::Drain(std::vector<float>& out) {
  int result = 0;
  for (size_t before = out.size() + 1; swr_ != nullptr && result >= 0 && out.size() != before;) {
    before = out.size();
    result = Convert(nullptr, 0, out);
  }
  swr_.reset();
  return result;
}

}  // namespace reelbatch::media
