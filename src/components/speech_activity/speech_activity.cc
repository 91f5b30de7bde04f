#include "components/speech_activity/speech_activity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "base/text.h"
#include "components/audio.h"
#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

using base::Json;
using contracts::MakeTensor;
using contracts::Tensor;

Json KnobsJson(const SpeechKnobs& knobs) {
  return {{"threshold", knobs.threshold},
          {"exit_threshold", knobs.exit_threshold},
          {"min_speech_ms", knobs.min_speech_ms},
          {"min_silence_ms", knobs.min_silence_ms},
          {"pad_ms", knobs.pad_ms}};
}

Json AudioJson(const contracts::AudioReport& audio) {
  return {{"codec", audio.codec},
          {"stream_index", audio.stream_index},
          {"channels", audio.channels},
          {"source_rate", audio.source_rate},
          {"rate", audio.rate},
          {"samples", audio.samples},
          {"start_s", audio.start_s},
          {"offset_s", audio.offset_s},
          {"decode_errors", audio.decode_errors},
          {"bad_samples", audio.bad_samples},
          {"gaps", audio.gaps},
          {"gap_samples", audio.gap_samples},
          {"overlaps", audio.overlaps},
          {"overlap_samples", audio.overlap_samples},
          {"truncated", audio.truncated},
          {"first_error", base::TextOrNull(base::ValidUtf8(audio.first_error))}};
}

class SpeechActivity final : public BatchedComponent, public AudioListener {
 public:
  SpeechActivity(const contracts::BatchKey& served_by, const SpeechKnobs& knobs)
      : knobs_(knobs), key_(SpeechActivityKey(served_by, knobs)) {}

  std::string_view name() const override { return kSpeechActivityName; }
  base::Status Open(const contracts::VideoInfo&) override { return {}; }
  AudioListener* audio() override { return this; }
  bool looks_at_frames() const override { return false; }
  std::unique_ptr<FrameMeter> MakeMeter(SharedFlows&) const override { return nullptr; }
  base::Status Take(const image::FrameStamp&, FrameMeasure&) override {
    return base::Fail(base::Code::kInternal, "got a frame, although it needs no frames");
  }
  contracts::BatchKey key() const override { return key_; }
  void Bind(UnitSink& sink) override { sink_ = &sink; }

  base::Status Hear(std::span<const float> samples, int64_t first_sample) override {
    if (first_sample != heard_) {
      return base::Fail(
          base::Code::kInternal,
          fmt::format("got sample {} of the sound, but expected sample {}", first_sample, heard_));
    }
    heard_ += static_cast<int64_t>(samples.size());
    // Where units are no longer wanted nothing comes of the video: there is nobody to tell.
    if (wanted_)
      wanted_ = windows_.Add(samples, [this](Bytes unit) { return sink_->Push(std::move(unit)); });
    return {};
  }

  base::Status HearEnd(const contracts::AudioReport& report) override {
    report_ = report;
    if (wanted_)
      wanted_ = windows_.End([this](Bytes unit) { return sink_->Push(std::move(unit)); });
    return {};
  }

  base::Status Close(const contracts::DecodeReport&, contracts::VideoOutcome&) override {
    return {};
  }

  base::Status Finish(std::vector<UnitOutput> outputs, contracts::VideoOutcome& outcome) override {
    if (std::cmp_not_equal(outputs.size(), SpeechWindowCount(heard_))) {
      return base::Fail(base::Code::kInternal,
                        fmt::format("the model gave {} results for {} windows", outputs.size(),
                                    SpeechWindowCount(heard_)));
    }
    std::vector<float> probabilities(outputs.size());
    for (size_t k = 0; k < outputs.size(); ++k) {
      if (outputs[k].result.size() != sizeof(float)) {
        return base::Fail(base::Code::kInternal, fmt::format("the result of window {} has {} bytes",
                                                             k, outputs[k].result.size()));
      }
      std::memcpy(&probabilities[k], outputs[k].result.data(), sizeof(float));
    }
    contracts::ComponentResult& result = outcome.results[std::string(kSpeechActivityName)];
    result.arrays = ArraysOf(probabilities);
    result.meta = MetaText();
    return {};
  }

 private:
  std::vector<Tensor> ArraysOf(const std::vector<float>& probabilities) const {
    std::vector<int64_t> starts(probabilities.size());
    for (size_t k = 0; k < starts.size(); ++k) starts[k] = static_cast<int64_t>(k * kSpeechWindow);
    const double start_s = report_ ? report_->start_s : 0;
    std::vector<int64_t> samples;
    std::vector<float> seconds;
    for (const SpeechSpan& span : FindSpeech(probabilities, heard_, knobs_)) {
      for (const int64_t sample : {span.begin, span.end}) {
        samples.push_back(sample);
        seconds.push_back(
            static_cast<float>(start_s + static_cast<double>(sample) / kListeningRate));
      }
    }
    const auto spans = static_cast<int64_t>(samples.size() / 2);
    std::vector<Tensor> arrays;
    arrays.push_back(MakeTensor("probability", probabilities));
    arrays.push_back(MakeTensor("window_start_sample", starts));
    arrays.push_back(MakeTensor("speech_samples", samples, {spans, 2}));
    arrays.push_back(MakeTensor("speech_spans", seconds, {spans, 2}));
    return arrays;
  }

  std::string MetaText() const {
    Json meta;
    meta["knobs"] = KnobsJson(knobs_);
    meta["window_samples"] = kSpeechWindow;
    meta["audio"] = report_ ? AudioJson(*report_) : Json(nullptr);
    return meta.dump();
  }

  const SpeechKnobs knobs_;
  const contracts::BatchKey key_;
  UnitSink* sink_ = nullptr;
  SpeechWindows windows_;
  int64_t heard_ = 0;
  bool wanted_ = true;
  std::optional<contracts::AudioReport> report_;
};

}  // namespace

contracts::BatchKey SpeechActivityKey(const contracts::BatchKey& served_by,
                                      const SpeechKnobs& knobs) {
  contracts::BatchKey key = served_by;
  key.component = kSpeechActivityName;
  key.component_version = kSpeechActivityVersion;
  key.knobs = base::SortedJson(KnobsJson(knobs)).dump();
  key.preprocessing = base::SortedJson{
      {"rate", kListeningRate},
      {"layout", "mono"},
      {"window", kSpeechWindow},
      {"context",
       kSpeechContext}}.dump();
  key.input_bucket = fmt::format("{} Hz mono", kListeningRate);
  return key;
}

int64_t SpeechActivityUnits(double seconds) {
  return seconds > 0 ? SpeechWindowCount(std::llround(seconds * kListeningRate)) : 0;
}

std::unique_ptr<BatchedComponent> MakeSpeechActivity(const contracts::BatchKey& served_by,
                                                     const SpeechKnobs& knobs) {
  return std::make_unique<SpeechActivity>(served_by, knobs);
}

}  // namespace reelbatch::components
