#include "measure/decode_cost.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/json_text.h"
#include "base/text.h"
#include "components/meter_set.h"
#include "costs/decode_subject.h"
#include "costs/least_squares.h"
#include "measure/work.h"
#include "media/video_reader.h"

namespace reelbatch::measure {
namespace {

using base::Json;

/// Decodes it once; `frames` gets their number. Between frames the usual component looks at them,
/// outside the time that is taken: a decoder that has the caches for itself is a sixth faster than
/// it ever is in a run.
base::Result<CallTime> Pass(const std::filesystem::path& video, bool skip_loop_filter,
                            const base::CancelToken& cancel, int64_t& frames) {
  std::vector<std::unique_ptr<components::Component>> components;
  constexpr size_t kUsualParts = 2;
  components.push_back(UsualPart(kUsualParts).At(contracts::Preset::kDefault).make());
  components::MeterSet meters(components);
  const components::FrameMeasures measures = meters.NewMeasures();
  base::Nanoseconds cpu = -base::ThreadCpuTime();
  auto source = media::OpenVideo(
      video, {.threads = 1, .skip_loop_filter = skip_loop_filter, .cancel = &cancel});
  if (!source) return std::unexpected(source.error());
  frames = 0;
  while (true) {
    const auto frame = (*source)->Next();
    if (!frame) return std::unexpected(frame.error());
    if (*frame == nullptr) break;
    cpu += base::ThreadCpuTime();
    if (auto measured = meters.meter(0).Measure(**frame, *measures[0]); !measured)
      return std::unexpected(measured.error());
    cpu -= base::ThreadCpuTime();
    ++frames;
  }
  cpu += base::ThreadCpuTime();
  // Waiting for the disk is no cost of decoding: wall time is left out.
  return CallTime{.wall = cpu, .cpu = cpu};
}

Json VideosJson(std::span<const DecodeSample> samples, const DecodeFit& fit) {
  Json videos = Json::array();
  for (const DecodeSample& sample : samples) {
    videos.push_back({{"name", base::ValidUtf8(sample.name)},
                      {"width", sample.width},
                      {"height", sample.height},
                      {"frames", sample.frames},
                      {"kbyte", sample.drivers[1]},
                      {"ms_per_frame", sample.ms_per_frame},
                      {"fit_ms", fit.Ms(sample.drivers)},
                      {"cv", sample.cv}});
  }
  return videos;
}

contracts::CostRow RowOf(const Session& session, std::span<const DecodeSample> samples,
                         bool skip_loop_filter) {
  contracts::CostRow row;
  row.subject = std::make_shared<contracts::CostSubject>(
      costs::DecodeSubject(samples.front().codec, skip_loop_filter));
  row.device = session.device;
  row.provenance =
      std::make_shared<contracts::Provenance>(contracts::Provenance{.path = session.table_path,
                                                                    .commit = session.commit,
                                                                    .dirty = session.dirty,
                                                                    .date = session.date});
  row.input_kind = contracts::InputKind::kReal;
  row.isa = session.device->isa;
  const DecodeFit fit = FitDecode(samples);
  double sum = 0;
  for (const DecodeSample& sample : samples) {
    row.samples_ms.push_back(static_cast<float>(sample.ms_per_frame));
    row.noisy = row.noisy || sample.noisy;
    sum += sample.ms_per_frame;
  }
  row.units_per_call = 1;
  row.latency_ms_per_unit = sum / static_cast<double>(samples.size());
  row.latency_ms_fixed = fit.fixed_ms;
  for (size_t k = 0; k < costs::kDecodeDrivers.size(); ++k) {
    row.terms.push_back({.driver = std::string(costs::kDecodeDrivers[k]), .ms = fit.ms_per[k]});
  }
  const Protocol& protocol = session.protocol;
  row.measure = Json{{"profile", protocol.profile},
                     {"warmup", protocol.warmup},
                     {"repeats", protocol.repeats},
                     {"runs", protocol.runs},
                     {"clock", "CPU time of the decoding thread"},
                     {"videos", VideosJson(samples, fit)}}
                    .dump();
  return row;
}

}  // namespace

base::Result<DecodeSample> MeasureDecode(const std::filesystem::path& video, bool skip_loop_filter,
                                         const Protocol& protocol,
                                         const base::CancelToken& cancel) {
  const auto info = media::Probe(video, {}, &cancel);
  if (!info) return std::unexpected(info.error());
  DecodeSample sample;
  sample.name = video.filename().string();
  sample.codec = info->codec;
  sample.width = info->width;
  sample.height = info->height;
  const TimedCall call = [&]() -> base::Result<std::vector<CallTime>> {
    const auto time = Pass(video, skip_loop_filter, cancel, sample.frames);
    if (!time) return std::unexpected(time.error());
    return std::vector<CallTime>{*time};
  };
  const auto measured = MeasureByProtocol(protocol, call, cancel);
  if (!measured) return std::unexpected(measured.error());
  const auto frames = static_cast<double>(std::max<int64_t>(1, sample.frames));
  sample.drivers = costs::DecodeDriversOf(*info, frames);
  sample.ms_per_frame = measured->statistics.stable_mean / frames;
  sample.cv = measured->statistics.cv;
  sample.noisy = measured->noisy;
  return sample;
}

double DecodeFit::Ms(const costs::DecodeDrivers& drivers) const {
  return std::inner_product(drivers.begin(), drivers.end(), ms_per.begin(), fixed_ms);
}

DecodeFit FitDecode(std::span<const DecodeSample> samples) {
  costs::NonNegativeFit<1 + costs::kDecodeDrivers.size()> fit;
  for (const DecodeSample& sample : samples) {
    if (!(sample.ms_per_frame > 0)) continue;
    const auto [mpx, kbyte, mpx_reordered, kbyte_cabac] = sample.drivers;
    const bool kinds = samples.size() >= kLeastForKinds;
    fit.Add({samples.size() > 2 ? 1.0 : 0.0, mpx, samples.size() > 1 ? kbyte : 0,
             kinds ? mpx_reordered : 0, kinds ? kbyte_cabac : 0},
            sample.ms_per_frame, 1 / sample.ms_per_frame);
  }
  const auto shares = fit.Solve();
  DecodeFit found{.fixed_ms = shares[0]};
  std::copy(shares.begin() + 1, shares.end(), found.ms_per.begin());
  return found;
}

std::vector<contracts::CostRow> DecodeRows(const Session& session,
                                           std::span<const DecodeSample> samples,
                                           bool skip_loop_filter) {
  std::vector<std::string> codecs;
  for (const DecodeSample& sample : samples) {
    if (std::ranges::find(codecs, sample.codec) == codecs.end()) codecs.push_back(sample.codec);
  }
  std::vector<contracts::CostRow> rows;
  for (const std::string& codec : codecs) {
    std::vector<DecodeSample> of_codec;
    std::ranges::copy_if(samples, std::back_inserter(of_codec),
                         [&](const DecodeSample& sample) { return sample.codec == codec; });
    rows.push_back(RowOf(session, of_codec, skip_loop_filter));
  }
  return rows;
}

}  // namespace reelbatch::measure
