#include "measure/component_calls.h"

#include <fmt/format.h>

#include <barrier>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "components/meter_set.h"

namespace reelbatch::measure {
namespace {

using components::Component;

using Components = std::vector<std::unique_ptr<Component>>;

/// What a container would say of the frames.
contracts::VideoInfo InfoOf(const FrameStack& stack) {
  contracts::VideoInfo info;
  info.width = stack.shape().width;
  info.height = stack.shape().height;
  info.frames_expected = stack.frames();
  info.avg_fps = {static_cast<int64_t>(stack.shape().fps * 1000), 1000};
  return info;
}

contracts::DecodeReport ReportOf(const FrameStack& stack) {
  contracts::DecodeReport report;
  report.frames_decoded = stack.frames();
  report.end_frame = stack.frames();
  report.last_pts_s = stack.frame(stack.frames() - 1).pts_s;
  return report;
}

Components ComponentsOf(const Work& work) {
  Components components;
  components.push_back(work.part.At(work.preset).make());
  return components;
}

/// Open to Close, then a look at all of it before the meters go.
base::Status Walk(Components& components, const FrameStack& stack,
                  const std::function<void()>& before_end) {
  contracts::VideoOutcome outcome;
  for (auto& component : components) {
    if (auto opened = component->Open(InfoOf(stack)); !opened) return opened;
  }
  components::MeterSet meters(components);
  components::FrameMeasures measures = meters.NewMeasures();
  for (int i = 0; i < stack.frames(); ++i) {
    const image::StampedFrame frame = stack.frame(i);
    for (size_t k = 0; k < components.size(); ++k) {
      if (auto measured = meters.meter(k).Measure(frame, *measures[k]); !measured) return measured;
      if (auto taken = components[k]->Take(frame.stamp(), *measures[k]); !taken) return taken;
    }
  }
  for (auto& component : components) {
    if (auto closed = component->Close(ReportOf(stack), outcome); !closed) return closed;
  }
  if (before_end) before_end();
  return {};
}

OneCall PartCall(const Work& work, const FrameStack& stack, const base::Clock& clock) {
  return [work, &stack, &clock]() -> base::Result<CallTime> {
    Stopwatch watch(clock);
    watch.Start();
    Components components = ComponentsOf(work);
    const base::Status walked = Walk(components, stack, nullptr);
    watch.Stop();
    if (!walked) return std::unexpected(walked.error());
    return watch.taken();
  };
}

/// Handing the frames over: what a walk costs before anybody looks at them.
OneCall LoadCall(const FrameStack& stack, const base::Clock& clock) {
  return [&stack, &clock]() -> base::Result<CallTime> {
    Stopwatch watch(clock);
    watch.Start();
    uintptr_t kept = 0;
    for (int i = 0; i < stack.frames(); ++i)
      kept += reinterpret_cast<uintptr_t>(stack.frame(i).view.y.data);
    volatile uintptr_t used = kept;  // or the compiler would leave the loop out
    static_cast<void>(used);
    watch.Stop();
    return watch.taken();
  };
}

OneCall StepCall(const components::MeasuredStep& step, const FrameStack& stack,
                 const base::Clock& clock) {
  return [step, &stack, &clock]() -> base::Result<CallTime> {
    const auto meter = step.meter();
    Stopwatch watch(clock);
    for (int i = 0; i < stack.frames(); ++i) {
      const image::StampedFrame frame = stack.frame(i);
      if (auto prepared = meter->Prepare(frame); !prepared)
        return std::unexpected(prepared.error());
      watch.Start();
      meter->Run(frame);
      watch.Stop();
    }
    watch.Start();
    meter->Finish();
    watch.Stop();
    return watch.taken();
  };
}

/// What a component does once its frames are measured.
OneCall AfterFramesCall(const components::MeasuredStep& step, const FrameStack& stack,
                        const base::Clock& clock) {
  return [step, &stack, &clock]() -> base::Result<CallTime> {
    Components components;
    components.push_back(step.after_frames());
    components::MeterSet meters(components);
    std::vector<components::FrameMeasures>
        measures;  // taken apart by Take(): made anew for every call
    for (int i = 0; i < stack.frames(); ++i) {
      measures.push_back(meters.NewMeasures());
      if (auto measured = meters.meter(0).Measure(stack.frame(i), *measures.back()[0]); !measured) {
        return std::unexpected(measured.error());
      }
    }
    contracts::VideoOutcome outcome;
    Stopwatch watch(clock);
    watch.Start();
    base::Status done = components[0]->Open(InfoOf(stack));
    for (int i = 0; i < stack.frames() && done; ++i) {
      done = components[0]->Take(stack.frame(i).stamp(), *measures[static_cast<size_t>(i)][0]);
    }
    if (done) done = components[0]->Close(ReportOf(stack), outcome);
    watch.Stop();
    if (!done) return std::unexpected(done.error());
    return watch.taken();
  };
}

/// No memory is an error of the row, also on a thread of its own.
base::Result<CallTime> Guarded(const OneCall& call) try {
  return call();
} catch (const std::bad_alloc&) {
  return base::Fail(base::Code::kOutOfMemory,
                    "there is not enough memory for this row; measure fewer copies at the same "
                    "time, or smaller sizes");
}

}  // namespace

OneCall CallOf(const Work& work, const FrameStack& stack, const base::Clock& clock) {
  if (work.step.empty()) return PartCall(work, stack, clock);
  if (work.step == kLoadStep) return LoadCall(stack, clock);
  for (const components::MeasuredStep& step : work.part.At(work.preset).steps) {
    if (step.name != work.step) continue;
    return step.meter ? StepCall(step, stack, clock) : AfterFramesCall(step, stack, clock);
  }
  return [work]() -> base::Result<CallTime> {
    return base::Fail(base::Code::kInternal,
                      fmt::format("part {} has no step {}", work.part.text, work.step));
  };
}

TimedCall SideBySide(const std::function<OneCall()>& make, int copies) {
  std::vector<OneCall> calls;
  for (int i = 0; i < copies; ++i) calls.push_back(make());
  return [calls = std::move(calls)]() -> base::Result<std::vector<CallTime>> {
    std::vector<std::optional<base::Result<CallTime>>> answers(calls.size());
    if (calls.size() == 1) {
      answers[0] = Guarded(calls[0]);
    } else {
      std::barrier together(static_cast<ptrdiff_t>(calls.size()));
      std::vector<std::jthread> threads;
      try {
        for (size_t i = 0; i < calls.size(); ++i) {
          threads.emplace_back([&, i] {
            together.arrive_and_wait();
            answers[i] = Guarded(calls[i]);
          });
        }
      } catch (const std::system_error&) {
        // Those that began wait for all: the missing ones are waited for no more.
        for (size_t i = threads.size(); i < calls.size(); ++i) together.arrive_and_drop();
        threads.clear();
        return base::Fail(
            base::Code::kOutOfMemory,
            fmt::format("{} threads cannot be started; use a lower concurrency", calls.size()));
      }
    }
    std::vector<CallTime> times;
    for (auto& answer : answers) {
      if (!*answer) return std::unexpected((*answer).error());
      times.push_back(**answer);
    }
    return times;
  };
}

base::Status RunOnce(const Work& work, const FrameStack& stack,
                     const std::function<void()>& before_end) {
  Components components = ComponentsOf(work);
  return Walk(components, stack, before_end);
}

}  // namespace reelbatch::measure
