/* rnnscope: see why gradients vanish and explode in recurrent networks, prove that a backward pass
 * is right. All of the library in one include. */
#ifndef RNNSCOPE_H
#define RNNSCOPE_H

#include "base/error.h"
#include "base/memory.h"
#include "base/norm.h"
#include "base/parallel.h"
#include "base/random.h"
#include "cells/cell.h"
#include "data/data.h"
#include "data/series.h"
#include "data/source.h"
#include "data/tasks.h"
#include "data/text.h"
#include "files/atomic.h"
#include "files/dtype.h"
#include "files/model_file.h"
#include "files/npy.h"
#include "files/reader.h"
#include "files/safetensors.h"
#include "files/trace_file.h"
#include "flow/flow.h"
#include "gradcheck/check.h"
#include "gradcheck/error_map.h"
#include "gradcheck/function.h"
#include "gradcheck/harden.h"
#include "network/init.h"
#include "network/loss.h"
#include "network/net.h"
#include "network/trace.h"
#include "train/clip.h"
#include "train/optimizer.h"
#include "train/train.h"

#endif
